"""@ works on the last axis, which are the channels: a linear layer laid over the image."""


def conv1x1(x, kernel, bias):
    return x @ kernel[0, 0] + bias[None, None, None, :]
