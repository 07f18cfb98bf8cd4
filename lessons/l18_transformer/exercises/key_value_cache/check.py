"""What is looked at: two letters, the second with the caches that the first has left."""

import jax
import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size, context = draw.integer(12, 15), draw.n + 4
    filled = (np.arange(context) < draw.n)[:, None]
    keys, values = (
        draw.array((filled * draw.rng.standard_normal((context, size))).astype("float32"))
        for _ in range(2)
    )
    look = jax.jit(answer.look)
    for place in (draw.n, draw.n + 1):
        new = [draw.normal(size) for _ in range(3)]
        found, keys, values = look(keys, values, place, *new)
        yield f"the context of the letter at {place}", found
        yield f"the caches after the letter at {place}", (keys, values)
