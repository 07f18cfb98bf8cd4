import torch


def run(x, w, u, b):
    h = torch.zeros(x.shape[1], len(b))
    states = []
    for x_t in x:  # (batch, features)
        h = ...
        states.append(...)
    return ...
