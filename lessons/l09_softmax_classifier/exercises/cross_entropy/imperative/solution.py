"""cross_entropy takes logits, and does log_softmax, the label's entry and the mean itself."""

from torch.nn import functional as F


def loss(logits, y):
    return F.cross_entropy(logits, y)
