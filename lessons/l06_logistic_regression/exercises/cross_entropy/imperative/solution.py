"""The sigmoid is inside; F.binary_cross_entropy(torch.sigmoid(z), y) is the same, less exactly."""

import torch.nn.functional as F


def loss(z, y):
    return F.binary_cross_entropy_with_logits(z, y)
