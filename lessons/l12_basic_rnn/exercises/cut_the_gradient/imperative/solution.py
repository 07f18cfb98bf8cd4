"""detach gives the same number without its graph; the graph of the second piece begins there."""

import torch


def run(w, x, h):
    for x_t in x:
        h = torch.tanh(w * h + x_t)
    return h


def loss(w, first, second):
    h = run(w, first, torch.zeros(()))
    h = h.detach()
    return run(w, second, h) ** 2
