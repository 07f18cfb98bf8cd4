"""A probability above one half is a logit above 0; both sides of == have the shape (n,)."""

import jax.numpy as jnp


def accuracy(z, y):
    answers = z[:, 0] > 0  # (n,)
    return jnp.mean(answers == y)
