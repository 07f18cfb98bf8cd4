"""What is looked at: the parts, a device's summand, and the output."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    devices, width = draw.integer(2, 3), 6 * draw.integer(2, 3)
    up, down = draw.normal(width, 2 * width), draw.normal(2 * width, width)
    x, bias = draw.normal(draw.n, width), draw.normal(width)
    yield f"parts(up, down, {devices})", answer.parts(up, down, devices)
    own = up[:, : width // 2], down[: width // 2]
    yield "summand(x, own_up, own_down)", answer.summand(x, *own)
    yield f"output(x, up, down, bias, {devices})", answer.output(x, up, down, bias, devices)
