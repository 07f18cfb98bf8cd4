import torch


def run(w, x, h):
    for x_t in x:
        h = torch.tanh(w * h + x_t)
    return h


def loss(w, first, second):
    h = run(w, first, torch.zeros(()))
    h = ...
    return ...
