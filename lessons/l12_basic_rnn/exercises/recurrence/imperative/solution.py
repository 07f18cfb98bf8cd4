"""The same loop: for once nothing is kept in an object, the state goes in and comes out."""

import torch


def run(x, w, u, b):
    h = torch.zeros(x.shape[1], len(b))
    states = []
    for x_t in x:
        h = torch.tanh(x_t @ w + h @ u + b)
        states.append(h)
    return torch.stack(states)
