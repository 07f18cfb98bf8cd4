"""What is looked at: the mask and the loss of answers of different lengths."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width = draw.n + 2
    lengths = draw.rng.permutation(np.arange(1, draw.n + 1))[:, None]
    y = draw.rng.integers(1, 11, (draw.n, width)) * (np.arange(width) < lengths)
    y, each = draw.array(y.astype("int32")), draw.uniform(draw.n, width, low=0.2, high=3)
    yield "mask(y)", answer.mask(y)
    yield "loss(each, y)", answer.loss(each, y)
