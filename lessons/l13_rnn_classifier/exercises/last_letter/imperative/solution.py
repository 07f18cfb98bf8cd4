"""One index for the places, one for the names; nn.GRU has time first."""

import torch


def lengths(x):
    return (x > 0).sum(dim=1)


def last(output, x):
    return output[lengths(x) - 1, torch.arange(len(x))]
