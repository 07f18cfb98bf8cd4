"""The generator moves on by itself with each draw; the letter has to be handed on."""

import torch


def write(generator, table, start, count):
    before, written = start, []
    for _ in range(count):
        p = table[before].softmax(dim=0)
        drawn = torch.multinomial(p, 1, generator=generator).item()
        written.append(drawn)
        before = drawn
    return torch.tensor(written)
