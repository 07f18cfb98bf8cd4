"""A score counts as much as it is looked at, and as its value is off the mean: aₖ (vₖ - c)."""

import jax
import jax.numpy as jnp


def mean(scores, v):
    a = jax.nn.softmax(scores)
    return jnp.sum(a * v)


def slope(scores, v):
    a = jax.nn.softmax(scores)
    return a * (v - mean(scores, v))
