"""masked_fill is told what is hidden: the triangle above the diagonal, without it."""

import torch


def weights(query, key):
    length, size = query.shape[1:]
    scores = query @ key.transpose(1, 2) / size**0.5
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    return scores.masked_fill(later, -torch.inf).softmax(dim=-1)
