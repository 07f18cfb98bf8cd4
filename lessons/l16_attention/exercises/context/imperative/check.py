"""What is looked at: the context."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width, hidden = draw.integer(10, 13), draw.integer(14, 17)
    kernel = draw.normal(hidden, hidden) / 4
    h, read = draw.normal(draw.n, hidden), draw.normal(draw.n, width, hidden)
    yield "context(kernel, h, read)", answer.context(kernel, h, read)
