import jax.numpy as jnp


def loss(w, x, y):
    error = ...  # (n,)
    return ...
