"""What is looked at: the one layer's kernel, then its bias."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, hidden, outputs = draw.integer(7, 8), draw.integer(4, 6), draw.integer(2, 3)
    first = {"kernel": draw.normal(inputs, hidden), "bias": draw.normal(hidden)}
    second = {"kernel": draw.normal(hidden, outputs), "bias": draw.normal(outputs)}
    yield "kernel(first, second)", answer.kernel(first, second)
    yield "bias(first, second)", answer.bias(first, second)
