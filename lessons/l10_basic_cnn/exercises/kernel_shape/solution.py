"""A kernel has all channels of the picture; there is one kernel, and one bias, a feature map."""


def kernel_shape(height, width, in_channels, out_channels):
    return (height, width, in_channels, out_channels)


def count(height, width, in_channels, out_channels):
    return height * width * in_channels * out_channels + out_channels
