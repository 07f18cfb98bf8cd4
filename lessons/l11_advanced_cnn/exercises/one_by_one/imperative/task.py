import torch


def conv1x1(x, weight, bias):
    product = torch.einsum(..., x, weight[:, :, 0, 0])
    return product + ...
