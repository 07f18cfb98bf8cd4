"""Every output has a weight for each input, and one bias: (inputs + 1) · outputs numbers."""

from itertools import pairwise


def parameters(sizes):
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
