"""What is looked at: the contexts of words with padding."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    asked, width, hidden = draw.integer(12, 14), draw.n + 2, draw.integer(16, 19)
    lengths = draw.rng.permutation(np.arange(1, draw.n + 1))[:, None]
    x = draw.rng.integers(1, 11, (draw.n, width)) * (np.arange(width) < lengths)
    query, read = draw.normal(draw.n, asked, hidden), draw.normal(draw.n, width, hidden)
    yield "attend(query, read, x)", answer.attend(query, read, draw.array(x))
