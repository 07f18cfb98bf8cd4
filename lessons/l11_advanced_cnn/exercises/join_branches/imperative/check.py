"""What is looked at: branches of equal channels, where a wrong dimension is no error."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size = draw.integer(2, 3), 4, draw.integer(5, 6), draw.integer(7, 8)
    yield "join(branches)", answer.join([draw.normal(*size), draw.normal(*size)])
