"""What is looked at: an epoch with a rest, and one without."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    batch_size, whole = draw.integer(20, 60), draw.integer(5, 15)
    rest = draw.integer(1, batch_size - 1)
    for n in (whole * batch_size + rest, whole * batch_size):
        yield f"iterations({n}, {batch_size})", answer.iterations(n, batch_size)
    for n in (whole * batch_size + rest, whole * batch_size):
        yield f"last({n}, {batch_size})", answer.last(n, batch_size)
