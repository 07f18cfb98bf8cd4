"""What is looked at: the last states of both directions."""

import numpy as np
import torch

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    width, inputs, hidden = draw.n + 2, draw.integer(12, 15), 5
    gru = torch.nn.GRU(inputs, hidden, batch_first=True, bidirectional=True)
    for parameter in gru.parameters():
        parameter.data = draw.normal(*parameter.shape) / 2
    lengths = np.roll(np.arange(draw.n, 0, -1), draw.integer(1, draw.n - 1))  # never sorted
    x = draw.normal(draw.n, width, inputs)
    yield "last(gru, x, lengths)", answer.last(gru, x, torch.from_numpy(lengths))
