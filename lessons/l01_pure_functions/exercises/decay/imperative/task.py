import torch


def decay(model, rate):
    with torch.no_grad():
        for parameter in model.parameters():
            ...
