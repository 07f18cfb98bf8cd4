"""What is looked at: the loss of n examples with both labels, for small logits and for large."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    z = draw.rng.uniform(0.3, 2.0, (draw.n, 1)) * draw.rng.choice([-1.0, 1.0], (draw.n, 1))
    y = draw.array(draw.rng.permutation(np.arange(draw.n, dtype="float32") % 2))
    for times, name in ((1, "loss(z, y)"), (100, "loss(z, y), z large")):
        yield name, answer.loss(draw.array((times * z).astype("float32")), y)
