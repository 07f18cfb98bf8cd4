"""The window has all channels, and so has a kernel: the sum runs over k · k · channels products."""

import numpy as np


def convolve(x, kernel):
    height, width, _ = x.shape
    k, m = kernel.shape[0], kernel.shape[3]
    out = np.zeros((height - k + 1, width - k + 1, m), x.dtype)
    for row in range(height - k + 1):
        for column in range(width - k + 1):
            window = x[row : row + k, column : column + k]
            for i in range(m):
                out[row, column, i] = np.sum(window * kernel[:, :, :, i])
    return out
