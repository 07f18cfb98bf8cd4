"""A place counts where a letter stands before it, and the first place always does."""

import jax.numpy as jnp


def mask(y):
    letter_before = y[:, :-1] > 0
    return jnp.pad(letter_before, ((0, 0), (1, 0)), constant_values=True)


def loss(each, y):
    return jnp.mean(each, where=mask(y))
