"""What is looked at: the kernel."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    channels, height, width = draw.integer(4, 5), 2, 3
    weight = draw.normal(draw.integer(6, 7), channels * height * width)
    call = f"kernel(weight, {channels}, {height}, {width})"
    yield call, answer.kernel(weight, channels, height, width)
