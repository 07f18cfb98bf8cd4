import torch


def read(w, h, piece):
    states = []
    for x_t in piece:
        h = torch.tanh(w * h + x_t)
        states.append(h)
    return torch.stack(states)


def gradient(w, x, y):
    h, w.grad = torch.zeros(()), None
    for piece, right in zip(x, y):
        states = read(w, h, piece)
        ((states - right) ** 2).sum().backward()
        h = ...
    return w.grad
