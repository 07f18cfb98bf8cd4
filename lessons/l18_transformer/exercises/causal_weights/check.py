"""What is looked at: the weights."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    length, size = draw.integer(10, 13), draw.integer(14, 17)
    query, key = draw.normal(draw.n, length, size), draw.normal(draw.n, length, size)
    yield "weights(query, key)", answer.weights(query, key)
