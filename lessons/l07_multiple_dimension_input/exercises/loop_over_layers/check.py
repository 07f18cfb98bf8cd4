"""What is looked at: the outputs of a net of three layers, and of its last two."""

from itertools import pairwise

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    sizes = [draw.integer(7, 8), 6, draw.integer(4, 5), draw.integer(2, 3)]
    layers = [
        {"kernel": draw.normal(inputs, outputs), "bias": draw.normal(outputs)}
        for inputs, outputs in pairwise(sizes)
    ]
    yield "deep(layers, x)", answer.deep(layers, draw.normal(draw.n, sizes[0]))
    yield "deep(layers[1:], x)", answer.deep(layers[1:], draw.normal(draw.n, 6))
