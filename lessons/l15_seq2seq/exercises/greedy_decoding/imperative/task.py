import torch


def write(decode, state, count):
    before, said = ..., []
    for _ in range(count):
        logits, state = decode(before, state)
        before = ...
        said.append(before)
    return ...
