import torch


def loss(w, x, y):
    return ((x @ w - y) ** 2).mean()


def gradient(w, xs, ys):
    rows = ...
    ...
    for x, y in zip(xs, ys):
        (loss(w, x, y) * ...).backward()
    return w.grad
