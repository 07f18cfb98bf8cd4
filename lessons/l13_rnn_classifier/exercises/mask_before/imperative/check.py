"""What is looked at: the value, and its gradient."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width = draw.n + 2
    real = np.arange(width) < draw.rng.integers(1, width, (draw.n, 1))
    x = draw.array(np.where(real, draw.rng.uniform(0.5, 2, real.shape), 0).astype("float32"))
    x.requires_grad_()
    value = answer.value(x, draw.array(real))
    yield "value(x, real)", value
    value.backward()
    yield "x.grad", x.grad
