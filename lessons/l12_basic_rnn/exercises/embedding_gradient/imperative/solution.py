"""index_add_ adds at every index, also where one comes twice; found[letters] += slope does not."""

import torch


def gradient(table, letters, slope):
    found = torch.zeros_like(table)
    found.index_add_(0, letters, slope)
    return found
