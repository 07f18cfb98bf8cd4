"""What is looked at: a single number, and numbers of both signs with slopes below and above 1."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, slope = draw.uniform(low=-2.0, high=-0.5), draw.number(0.1, 0.4)
    yield f"leaky({x:.3f}, {slope:.3f})", answer.leaky(x, slope)
    for slope in (draw.number(0.4, 0.6), draw.number(1.5, 3.0)):
        sign = draw.array(draw.rng.permutation([-1, 1] * draw.n).astype("float32"))
        x = sign * draw.uniform(2 * draw.n, low=0.2, high=2.0)
        yield f"leaky(x, {slope:.3f})", answer.leaky(x, slope)
