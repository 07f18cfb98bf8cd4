"""What is looked at: the accuracy where more than half are right, but not all."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    classes, n = 5, draw.integer(20, 29)
    logits = draw.rng.standard_normal((n, classes)).astype("float32") + 5
    y = logits.argmax(axis=1)
    wrong = draw.integer(3, 7)
    y[:wrong] = (y[:wrong] + draw.rng.integers(1, classes, wrong)) % classes
    logits, y = draw.array(logits), draw.array(y.astype(np.int32))
    yield "accuracy(logits, y)", answer.accuracy(logits, y)
