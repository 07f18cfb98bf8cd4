from torch.nn import BCEWithLogitsLoss


def loss(z, y):
    return BCEWithLogitsLoss()(..., ...)
