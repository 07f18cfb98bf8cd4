"""The mask stands before the division, and after it: padding may not add its own 1 / 1."""

import torch


def value(x, real):
    harmless = torch.where(real, x, 1.0)
    return torch.where(real, 1 / harmless, 0.0).sum()
