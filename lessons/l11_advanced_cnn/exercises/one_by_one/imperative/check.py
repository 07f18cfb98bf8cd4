"""What is looked at: the new channels of every pixel."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, outputs = draw.integer(5, 6), 3
    x = draw.normal(2, inputs, draw.integer(4, 5), 7)
    weight, bias = draw.normal(outputs, inputs, 1, 1), draw.normal(outputs)
    yield "conv1x1(x, weight, bias)", answer.conv1x1(x, weight, bias)
