"""What is looked at: the mask and the loss of answers of different lengths."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width = draw.n + 2
    lengths = draw.rng.permutation(np.arange(1, draw.n + 1))[:, None]
    y = draw.array(draw.rng.integers(1, 11, (draw.n, width)) * (np.arange(width) < lengths))
    yield "mask(y)", answer.mask(y)
    yield "loss(logits, y)", answer.loss(draw.normal(draw.n, width, 11), y)
