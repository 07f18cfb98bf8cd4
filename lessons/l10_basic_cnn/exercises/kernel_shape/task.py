def kernel_shape(height, width, in_channels, out_channels):
    return (..., ..., ..., ...)


def count(height, width, in_channels, out_channels):
    return ...
