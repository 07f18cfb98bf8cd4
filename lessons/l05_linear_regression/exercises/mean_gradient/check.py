"""What is looked at: the loss and the gradient, of numbers drawn."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    params = {"w": draw.normal(), "b": draw.normal()}
    x, y = draw.normal(draw.n), draw.normal(draw.n)
    yield "loss(params, x, y)", answer.loss(params, x, y)
    yield "gradient(params, x, y)", answer.gradient(params, x, y)
