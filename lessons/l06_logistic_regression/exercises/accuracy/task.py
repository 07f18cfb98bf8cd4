import jax.numpy as jnp


def accuracy(z, y):
    answers = ...  # (n,)
    return jnp.mean(answers == y)
