"""What is looked at: the orders of two epochs."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    key, n = jax.random.key(draw.integer(10, 10**6)), 20 + draw.n
    for epoch in (2, draw.integer(3, 9)):
        yield f"epoch_order(key, {epoch}, {n})", answer.epoch_order(key, epoch, n)
