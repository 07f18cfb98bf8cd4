"""backward after forward, the update after backward, and forgetting last."""

import torch


def step(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    loss.backward()
    for w in (w1, w2):
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
