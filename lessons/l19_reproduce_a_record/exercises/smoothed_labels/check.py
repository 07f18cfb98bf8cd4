"""What is looked at: the loss, and its gradient by the logits."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    logits, y = draw.normal(draw.n, 4), draw.integers(0, 3, draw.n)
    s = draw.number(0.1, 0.3)
    yield "loss(logits, y, s)", answer.loss(logits, y, s)
    yield "the loss's gradient by the logits", jax.grad(answer.loss)(logits, y, s)
