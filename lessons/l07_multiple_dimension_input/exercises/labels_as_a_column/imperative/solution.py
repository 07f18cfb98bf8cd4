"""binary_cross_entropy checks the shapes, where an operator would broadcast in silence."""

from torch.nn.functional import binary_cross_entropy


def loss(p, y):
    return binary_cross_entropy(p, y[:, None])
