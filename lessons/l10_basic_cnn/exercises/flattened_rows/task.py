def kernel(weight, channels, height, width):
    axes = weight.reshape(-1, channels, height, width)
    return axes.transpose(...).reshape(..., ...)
