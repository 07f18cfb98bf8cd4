import torch


def write(generator, table, start, count):
    before, written = start, []
    for _ in range(count):
        p = ...
        drawn = torch.multinomial(p, 1, generator=generator).item()
        written.append(drawn)
        before = ...
    return torch.tensor(written)
