import jax.numpy as jnp


def loss(prediction, y):
    difference = ...  # (n,)
    return jnp.mean(difference**2)
