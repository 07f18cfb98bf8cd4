"""What is looked at: what is left of numbers drawn, in two calls with one generator."""

import torch

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, generator = draw.normal(draw.n, 17), torch.Generator().manual_seed(draw.integer(0, 9999))
    for rate in (draw.number(0.2, 0.4), draw.number(0.6, 0.8)):
        yield f"dropout(generator, x, {rate:.2f})", answer.dropout(generator, x.clone(), rate)
