"""What is looked at: the outputs of all examples, and of a single one."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, outputs = draw.integer(5, 8), draw.integer(2, 4)
    weight, bias = draw.normal(outputs, inputs), draw.normal(outputs)
    x = draw.normal(draw.n, inputs)
    yield "linear(weight, bias, x)", answer.linear(weight, bias, x)
    yield "linear(weight, bias, x[:1])", answer.linear(weight, bias, x[:1])
