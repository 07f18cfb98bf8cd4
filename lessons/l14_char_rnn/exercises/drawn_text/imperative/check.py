"""What is looked at: the letters that are written, and those written next by the generator."""

import torch

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    letters, count = draw.integer(20, 29), draw.integer(30, 39)
    generator = torch.Generator().manual_seed(draw.integer(0, 9999))
    table, start = draw.normal(letters, letters) / 4, draw.integer(0, letters - 1)
    called = f"write(generator, table, {start}, {count})"
    yield called, answer.write(generator, table, start, count)
    yield f"{called}, a second time", answer.write(generator, table, start, count)
