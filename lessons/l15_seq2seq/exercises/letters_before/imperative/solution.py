"""F.pad counts the axes from the last one: (1, 0) is left and right of each row."""

from torch.nn import functional as F


def before(y):
    return F.pad(y[:, :-1], (1, 0))
