"""The kernel's gradient xᵀ·slope, transposed: a weight has an output a row."""


def gradient(x, slope):
    weight = slope.T @ x
    bias = slope.sum(dim=0)
    return weight, bias
