"""What is looked at: the shapes with the time first, and with the batch first."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x = draw.integer(3, 9), draw.integer(10, 20), draw.integer(21, 30)
    hidden, layers = draw.integer(31, 40), 2
    for batch_first in (False, True):
        call = f"shapes({x}, {hidden}, {layers}, {batch_first})"
        yield call, answer.shapes(x, hidden, layers, batch_first)
