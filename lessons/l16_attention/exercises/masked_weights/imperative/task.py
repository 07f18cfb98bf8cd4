import torch


def weights(scores, x):
    padding = ...  # (n, 1, width) of bool
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(..., ...).softmax(dim=-1)
