"""What is looked at: the gradient of two pieces."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.uniform(low=0.8, high=1.4).requires_grad_()
    x, y = draw.normal(2, draw.n) / 2, draw.normal(2, draw.n)
    yield "gradient(w, x, y)", answer.gradient(w, x, y)
