import torch


def lengths(x):
    return ...


def last(output, x):
    return ...
