from itertools import pairwise


def parameters(sizes):
    return sum(... for inputs, outputs in pairwise(sizes))
