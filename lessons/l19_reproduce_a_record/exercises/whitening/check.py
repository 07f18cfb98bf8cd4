"""What is looked at: W Wᵀ, which is the same whatever the eigenvectors' order and signs."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    mixed = draw.normal(3, 3) + draw.array(np.diag([3.0, 1.0, 0.3]).astype("float32"))
    patches = draw.normal(40, 3) @ mixed
    matrix = answer.whitening(patches, draw.number(0.1, 0.5))
    yield "the shape of whitening(patches, epsilon)", matrix.shape
    yield "W Wᵀ, W being whitening(patches, epsilon)", matrix @ matrix.T
