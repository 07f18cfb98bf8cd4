"""What is looked at: the state after the names, read from either side."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width, hidden = draw.n + 2, draw.integer(12, 15)
    w, x = draw.number(), draw.normal(width, draw.n, hidden)
    lengths = draw.array(draw.rng.permutation(np.arange(1, draw.n + 1)).astype("int32"))
    yield "read(w, x, lengths, reverse=False)", answer.read(w, x, lengths, False)
    yield "read(w, x, lengths, reverse=True)", answer.read(w, x, lengths, True)
