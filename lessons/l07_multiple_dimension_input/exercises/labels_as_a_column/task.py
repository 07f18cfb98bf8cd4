import jax.numpy as jnp
import optax


def loss(z, y):
    y = ...  # (n, 1)
    return ...
