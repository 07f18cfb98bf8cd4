"""What is looked at: the mean over the examples of several batches and a smaller one."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    batches = draw.integer(3, 6)
    sizes = np.full(batches, draw.integer(8, 12), "float32")
    sizes[-1] = draw.integer(1, 3)
    losses = draw.uniform(batches, low=0.2, high=1.0).at[-1].add(2)
    yield "epoch_loss(losses, sizes)", answer.epoch_loss(losses, draw.array(sizes))
