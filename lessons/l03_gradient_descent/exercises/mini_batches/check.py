"""What is looked at: all batches, where the last is smaller, and where it is not."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size = draw.integer(4, 5)
    for n in (2 * size + draw.integer(1, 2), 2 * size):
        yield f"batches(x, {size}), x of shape ({n}, 3)", answer.batches(draw.normal(n, 3), size)
