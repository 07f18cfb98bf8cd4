import jax.numpy as jnp


def loss(p, y):
    y = ...  # (n, 1)
    return ...
