"""What is looked at: branches of equal channels, where a wrong axis is no error, and of others."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size = draw.integer(2, 3), draw.integer(4, 5), draw.integer(6, 7)
    first, second = draw.normal(*size, 4), draw.normal(*size, 4)
    yield "join([first, second])", answer.join([first, second])
    wide = draw.normal(*size, draw.integer(1, 3))
    yield "join([first, wide])", answer.join([first, wide])
