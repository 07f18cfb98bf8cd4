"""What is looked at: the gradient for a text in which letters come twice and not at all."""

import torch

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    vocabulary, size = draw.integer(11, 14), draw.integer(2, 3)
    letters = draw.array(draw.rng.permutation(vocabulary)[:4])
    letters = torch.cat([letters, letters[:3]])
    table, slope = draw.normal(vocabulary, size), draw.normal(7, size)
    yield "gradient(table, letters, slope)", answer.gradient(table, letters, slope)
