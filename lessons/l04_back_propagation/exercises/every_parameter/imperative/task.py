import torch


def step(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    ...
    for w in (w1, w2):
        with torch.no_grad():
            ...
        ...
