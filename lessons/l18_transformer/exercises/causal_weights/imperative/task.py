import torch


def weights(query, key):
    length, size = query.shape[1:]
    scores = ...
    later = torch.ones(length, length, dtype=torch.bool).triu(...)
    return scores.masked_fill(later, -torch.inf).softmax(dim=-1)
