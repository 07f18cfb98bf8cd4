"""What is looked at: lengths and states of names whose lengths are all different."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width, hidden = draw.n + 2, draw.integer(12, 15)
    long = np.roll(np.arange(1, draw.n + 1), draw.integer(1, draw.n - 1))
    codes = draw.rng.integers(65, 91, (draw.n, width)) * (np.arange(width) < long[:, None])
    x, output = draw.array(codes), draw.normal(width, draw.n, hidden)
    yield "lengths(x)", answer.lengths(x)
    yield "last(output, x)", answer.last(output, x)
