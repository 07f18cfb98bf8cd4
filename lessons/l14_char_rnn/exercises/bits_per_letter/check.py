"""What is looked at: the bits of random logits, and of ones that know nothing."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    shape = draw.n, draw.integer(10, 12), draw.integer(13, 19)
    y = draw.integers(0, shape[-1] - 1, *shape[:2])
    yield "bits(logits, y)", answer.bits(draw.normal(*shape), y)
    equal = draw.array(np.full(shape, draw.number(), "float32"))
    yield f"bits of equal logits for {shape[-1]} letters", answer.bits(equal, y)
