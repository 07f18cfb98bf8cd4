"""What is looked at: the kernel, and the result for n examples."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    inputs, outputs = 2, 4
    weight, bias = draw.normal(outputs, inputs), draw.normal(outputs)
    x = draw.normal(draw.n, inputs)
    yield f"carried(weight {weight.shape}, bias)", answer.carried(weight, bias)
    params = {"kernel": draw.normal(inputs, outputs), "bias": bias}
    yield f"apply(params, x {x.shape})", answer.apply(params, x)
