import numpy as np


def convolve(x, kernel):
    height, width, channels = x.shape
    k, m = kernel.shape[0], kernel.shape[3]
    out = np.zeros((height - k + 1, width - k + 1, m), x.dtype)
    for row in range(height - k + 1):
        for column in range(width - k + 1):
            window = ...  # (k, k, channels)
            for i in range(m):
                out[row, column, i] = ...
    return out
