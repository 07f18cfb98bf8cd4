"""What is looked at: both parts, with a rest and without."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size, batches = draw.integer(5, 7), draw.integer(3, 4)
    n = size * batches + draw.integer(2, 4)
    order = draw.array(draw.rng.permutation(n).astype("int32"))
    even = order[: size * batches]
    yield f"pieces(order, {size})", answer.pieces(order, size)
    yield f"rest(order, {size})", answer.rest(order, size)
    yield f"rest(order[:{size * batches}], {size})", answer.rest(even, size)
