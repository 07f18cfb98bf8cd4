"""add, not set: what was used in two places has the sum of two derivatives."""

import jax.numpy as jnp


def gradient(table, letters, slope):
    return jnp.zeros_like(table).at[letters].add(slope)
