"""What is looked at: the loss, and its gradient by w."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.array(draw.rng.uniform(0.5, 1.5, ()).astype("float32"))
    first, second = draw.normal(3), 0.3 * draw.normal(2)
    value, gradient = jax.value_and_grad(answer.loss)(w, first, second)
    yield "loss(w, first, second)", value
    yield "jax.grad(loss)(w, first, second)", gradient
