"""no_grad is about graphs and eval about layers: neither does the other's work."""

import torch


def evaluate(model, x):
    mode = model.training
    model.eval()
    with torch.no_grad():
        found = model(x)
    model.train(mode)
    return found
