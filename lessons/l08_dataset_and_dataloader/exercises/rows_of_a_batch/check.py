"""What is looked at: the rows of a batch, in the order of its indices."""

import jax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    n, size = draw.integer(11, 14), draw.integer(3, 4)
    data = draw.normal(n, draw.integer(2, 3)), draw.normal(n, 1)
    picked = draw.array(draw.rng.permutation(n - 5)[:size].astype("int32") + 5)
    yield "batch(data, picked)", answer.batch(data, picked)
    yield "jax.jit(batch)(data, picked)", jax.jit(answer.batch)(data, picked)
