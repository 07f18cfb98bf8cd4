import torch


def normalise(mean, var, x):
    n = len(x)
    own_mean, own_var = x.mean(dim=0), x.var(dim=0, unbiased=...)
    with torch.no_grad():
        mean.copy_(...)
        var.copy_(...)
    return (x - own_mean) / (own_var + 1e-5).sqrt()
