"""Height and width are the last two axes here; each is cut into (places, 2)."""

import torch


def max_pool(x):
    n, channels, height, width = x.shape
    windows = x.reshape(n, channels, height // 2, 2, width // 2, 2)
    return torch.amax(windows, dim=(3, 5))
