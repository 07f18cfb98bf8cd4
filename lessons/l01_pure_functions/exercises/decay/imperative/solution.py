"""mul_ writes into the parameter itself; `parameter *= ...` does the same."""

import torch


def decay(model, rate):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1 - rate)
