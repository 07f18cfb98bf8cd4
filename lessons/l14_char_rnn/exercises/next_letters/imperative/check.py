"""What is looked at: the pieces of a text with a rest, and of one that pieces fill entirely."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    length = draw.integer(11, 14)
    long = draw.integers(32, 126, draw.n * length + draw.integer(2, 9))
    even = draw.integers(32, 126, draw.n * length)
    yield f"pieces({len(long)} letters, {length})", answer.pieces(long, length)
    yield f"pieces({len(even)} letters, {length})", answer.pieces(even, length)
