"""Only the largest pixel moves the output, and moves it by as much as itself: it gets it all."""

import jax.numpy as jnp


def grow(a):
    return jnp.repeat(jnp.repeat(a, 2, axis=0), 2, axis=1)


def gradient(x, pooled, arriving):
    largest = x == grow(pooled)
    return jnp.where(largest, grow(arriving), 0)
