"""What is looked at: the new channels of every pixel."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, outputs = draw.integer(5, 6), draw.integer(2, 3)
    x = draw.normal(2, 3, draw.integer(4, 5), inputs)
    kernel, bias = draw.normal(1, 1, inputs, outputs), draw.normal(outputs)
    yield "conv1x1(x, kernel, bias)", answer.conv1x1(x, kernel, bias)
