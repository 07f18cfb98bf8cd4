"""One index for the names, one for the places: pairs of numbers, one pair a name."""

import jax.numpy as jnp


def lengths(x):
    return jnp.sum(x > 0, axis=1)


def last(output, x):
    return output[jnp.arange(len(x)), lengths(x) - 1]
