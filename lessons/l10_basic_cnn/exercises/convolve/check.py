"""What is looked at: the feature maps of a picture that is no square."""

import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    height, width, k, m = draw.integer(5, 6), draw.integer(7, 8), draw.integer(2, 3), 2
    x, kernel = np.array(draw.normal(height, width, 3)), np.array(draw.normal(k, k, 3, m))
    yield "convolve(x, kernel)", answer.convolve(x, kernel)
