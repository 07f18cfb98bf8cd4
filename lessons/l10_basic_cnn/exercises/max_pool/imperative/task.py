import torch


def max_pool(x):
    n, channels, height, width = x.shape
    windows = x.reshape(...)
    return torch.amax(windows, dim=...)
