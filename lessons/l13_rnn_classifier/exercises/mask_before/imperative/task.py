import torch


def value(x, real):
    harmless = ...  # x, and in the padding a number that 1 / x can take
    return ...
