"""The shape stays (n,); where= says what is added, and by how many is divided."""

import jax.numpy as jnp


def mean(losses, x):
    real = jnp.any(x > 0, axis=1)
    return jnp.mean(losses, where=real)
