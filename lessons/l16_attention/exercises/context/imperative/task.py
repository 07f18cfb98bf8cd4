import torch


def context(kernel, h, read):
    query = h @ kernel  # (n, hidden)
    scores = (read @ query.unsqueeze(...)).squeeze(2)  # (n, width)
    weights = ...
    return ...
