"""What is looked at: the loss, and its gradient."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.uniform(low=0.8, high=1.4)
    x, y = draw.normal(2, draw.n) / 2, draw.normal(2, draw.n)
    yield "loss(w, x, y)", answer.loss(w, x, y)
    yield "jax.grad(loss)(w, x, y)", jax.grad(answer.loss)(w, x, y)
