import torch


def slope(w, x, y):
    return (2 * x * (x * w - y)).mean()


def step(w, x, y, learning_rate):
    with torch.no_grad():
        ...
