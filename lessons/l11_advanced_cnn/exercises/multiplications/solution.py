"""side² · outputs numbers come out, and each is a sum of size² · inputs products."""


def multiplications(side, layers):
    return sum(side**2 * outputs * size**2 * inputs for inputs, outputs, size in layers)
