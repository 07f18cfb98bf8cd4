"""What is looked at: the mean, and the mean inside jax.jit."""

import jax
import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    empty, width = draw.integer(1, 3), draw.integer(5, 8)
    lengths = draw.rng.permutation(np.arange(draw.n) % width + 1)
    codes = draw.rng.integers(65, 91, (draw.n, width)) * (np.arange(width) < lengths[:, None])
    x = draw.array(np.pad(codes, ((0, empty), (0, 0))).astype("int32"))
    losses = draw.uniform(draw.n + empty, low=0.5, high=3)
    yield "mean(losses, x)", answer.mean(losses, x)
    yield "jax.jit(mean)(losses, x)", jax.jit(answer.mean)(losses, x)
