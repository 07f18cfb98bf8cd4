import jax.numpy as jnp


def loss(p, y):
    return ...
