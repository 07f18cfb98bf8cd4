import torch


def loss(w, x, y):
    return (torch.tanh(w * x) - y) ** 2


def curvature(w, x, y):
    (slope,) = ...
    (second,) = ...
    return second
