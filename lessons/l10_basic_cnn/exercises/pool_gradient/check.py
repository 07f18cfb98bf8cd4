"""What is looked at: the gradient of every pixel."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    rows, columns = draw.integer(2, 3), draw.integer(4, 5)
    x = draw.rng.permutation(4 * rows * columns).astype("float32").reshape(2 * rows, 2 * columns)
    pooled = x.reshape(rows, 2, columns, 2).max((1, 3))
    x, pooled = draw.array(x / 4), draw.array(np.ascontiguousarray(pooled / 4))
    yield "gradient(x, pooled, arriving)", answer.gradient(x, pooled, draw.normal(rows, columns))
