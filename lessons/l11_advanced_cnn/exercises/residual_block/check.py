"""What is looked at: the block's output."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    channels = draw.integer(3, 5)
    x = draw.normal(2 * draw.n, channels)
    a, b = draw.normal(channels, channels), draw.normal(channels, channels)
    yield "block(x, a, b)", answer.block(x, a, b)
