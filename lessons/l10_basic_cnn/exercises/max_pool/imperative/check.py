"""What is looked at: the pooled pictures."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    yield "max_pool(x)", answer.max_pool(draw.normal(2, 4, 2 * draw.integer(4, 5), 6))
