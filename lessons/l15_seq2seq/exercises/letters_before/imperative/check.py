"""What is looked at: the letters before those of answers of different lengths."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width = draw.n + 2
    lengths = draw.rng.permutation(np.arange(1, draw.n + 1))[:, None]
    y = draw.rng.integers(1, 11, (draw.n, width)) * (np.arange(width) < lengths)
    yield "before(y)", answer.before(draw.array(y))
