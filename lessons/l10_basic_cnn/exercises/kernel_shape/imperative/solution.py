"""OIHW: a kernel is the first axis, and inside it stands a channel of the picture after another."""


def kernel_shape(height, width, in_channels, out_channels):
    return (out_channels, in_channels, height, width)


def count(height, width, in_channels, out_channels):
    return out_channels * (in_channels * height * width + 1)
