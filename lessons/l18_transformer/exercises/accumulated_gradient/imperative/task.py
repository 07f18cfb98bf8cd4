import torch


def loss(w, x, y):
    return ((x @ w - y) ** 2).mean()


def gradient(w, x, y, parts):
    ...
    for each_x, each_y in zip(x.chunk(parts), y.chunk(parts)):
        ...
    return w.grad
