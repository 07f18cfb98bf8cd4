"""The new letter takes the old one's name, and so it is what decode is told next."""

import torch


def write(decode, state, count):
    before, said = torch.zeros(len(state), dtype=torch.long), []
    for _ in range(count):
        logits, state = decode(before, state)
        before = logits.argmax(dim=1)
        said.append(before)
    return torch.stack(said, dim=1)
