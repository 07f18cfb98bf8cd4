"""What is looked at: the outputs of all examples, and of a single one."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, outputs = draw.integer(5, 8), draw.integer(2, 4)
    layer = {"kernel": draw.normal(inputs, outputs), "bias": draw.normal(outputs)}
    x = draw.normal(draw.n, inputs)
    yield "linear(layer, x)", answer.linear(layer, x)
    yield "linear(layer, x[:1])", answer.linear(layer, x[:1])
