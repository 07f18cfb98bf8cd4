"""rand is below 1 - rate with the probability 1 - rate: that of being kept."""

import torch


def dropout(generator, x, rate):
    keep = torch.rand(x.shape, generator=generator) < 1 - rate
    return torch.where(keep, x / (1 - rate), 0.0)
