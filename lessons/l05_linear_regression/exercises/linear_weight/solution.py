"""Transposed once, when it is carried over; apply then multiplies by what is kept."""


def carried(weight, bias):
    return {"kernel": weight.T, "bias": bias}


def apply(params, x):
    return x @ params["kernel"] + params["bias"][None, :]
