"""x.var is the unbiased estimate unless told otherwise; jnp.var is not."""

import torch


def normalise(mean, var, x):
    n = len(x)
    own_mean, own_var = x.mean(dim=0), x.var(dim=0, unbiased=False)
    with torch.no_grad():
        mean.copy_(0.9 * mean + 0.1 * own_mean)
        var.copy_(0.9 * var + 0.1 * own_var * n / (n - 1))
    return (x - own_mean) / (own_var + 1e-5).sqrt()
