"""What is looked at: a direct convolution, and one behind a 1 x 1 convolution."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    side, narrow = draw.integer(7, 28), draw.integer(4, 8)
    inputs, outputs, size = draw.integer(20, 40), draw.integer(10, 20), draw.one_of((3, 5))
    direct, narrowed = [(inputs, outputs, size)], [(inputs, narrow, 1), (narrow, outputs, size)]
    yield f"multiplications({side}, {direct})", answer.multiplications(side, direct)
    yield f"multiplications({side}, {narrowed})", answer.multiplications(side, narrowed)
