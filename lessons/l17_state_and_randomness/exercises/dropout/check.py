"""What is looked at: what is left of numbers drawn, at two rates."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, key = draw.normal(draw.n, 17), jax.random.key(draw.integer(0, 9999))
    for rate in (draw.number(0.2, 0.4), draw.number(0.6, 0.8)):
        yield f"dropout(key, x, {rate:.2f})", answer.dropout(key, x, rate)
