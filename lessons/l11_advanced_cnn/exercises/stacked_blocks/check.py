"""What is looked at: x behind all blocks."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    channels, blocks = draw.integer(3, 4), draw.integer(5, 6)
    kernel, bias = draw.normal(blocks, channels, channels), draw.uniform(blocks, channels)
    x = draw.uniform(draw.n, channels)
    yield "deep(x, stacked)", answer.deep(x, {"kernel": kernel, "bias": bias})
