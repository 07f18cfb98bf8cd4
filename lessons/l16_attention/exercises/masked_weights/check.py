"""What is looked at: the weights of words with padding, and of a row that is nothing else."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    asked, width = draw.integer(12, 15), draw.n + 1
    lengths = draw.rng.permutation(np.arange(1, draw.n + 1))[:, None]
    x = draw.rng.integers(1, 11, (draw.n, width)) * (np.arange(width) < lengths)
    scores = draw.normal(draw.n, asked, width)
    yield "weights(scores, x)", answer.weights(scores, draw.array(x.astype("int32")))
    x[draw.integer(0, draw.n - 1)] = 0
    found = answer.weights(scores, draw.array(x.astype("int32")))
    yield "weights(scores, x) with a row of padding", found
