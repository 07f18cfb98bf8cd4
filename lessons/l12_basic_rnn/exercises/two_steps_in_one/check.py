"""What is looked at: the join of two steps of numbers, and of two steps of arrays."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    first, second = ((draw.number(), draw.number()) for _ in range(2))
    yield "then(first, second)", answer.then(first, second)
    first, second = ((draw.normal(draw.n), draw.normal(draw.n)) for _ in range(2))
    yield "then((a1, b1), (a2, b2))", answer.then(first, second)
