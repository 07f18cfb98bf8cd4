"""What is looked at: the loss, and the gradients of two calls on the same tensors."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w, b = draw.normal().requires_grad_(), draw.normal().requires_grad_()
    x, y = draw.normal(draw.n), draw.normal(draw.n)
    yield "loss(w, b, x, y)", answer.loss(w, b, x, y)
    yield "gradient(w, b, x, y)", answer.gradient(w, b, x, y)
    yield "gradient(w, b, x, y), a second time", answer.gradient(w, b, x, y)
