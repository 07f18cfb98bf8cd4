"""n, i, h, w with o, i gives n, o, h, w: i is summed; the bias belongs to axis 1."""

import torch


def conv1x1(x, weight, bias):
    product = torch.einsum("nihw,oi->nohw", x, weight[:, :, 0, 0])
    return product + bias[:, None, None]
