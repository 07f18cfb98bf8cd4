"""What is looked at: the value, and its gradient."""

import jax
import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width = draw.n + 2
    real = np.arange(width) < draw.rng.integers(1, width, (draw.n, 1))
    x = draw.array(np.where(real, draw.rng.uniform(0.5, 2, real.shape), 0).astype("float32"))
    real = draw.array(real)
    yield "value(x, real)", answer.value(x, real)
    yield "the gradient of value", jax.grad(answer.value)(x, real)
