import torch


def evaluated(model, x):
    ...
    with torch.no_grad():
        y = model(x)
    ...
    return y
