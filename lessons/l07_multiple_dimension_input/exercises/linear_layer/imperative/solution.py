"""A weight has an output a row, so that it is transposed before a row of x can meet a column."""


def linear(weight, bias, x):
    return x @ weight.T + bias
