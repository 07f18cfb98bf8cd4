"""What is looked at: the shapes for sizes drawn."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, hidden, classes = draw.integer(20, 29), draw.integer(31, 49), draw.integer(51, 59)
    called = f"shapes({draw.n}, {inputs}, {hidden}, {classes})"
    yield called, answer.shapes(draw.n, inputs, hidden, classes)
