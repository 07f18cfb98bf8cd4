import torch


def gradient(table, letters, slope):
    found = torch.zeros_like(table)
    ...
    return found
