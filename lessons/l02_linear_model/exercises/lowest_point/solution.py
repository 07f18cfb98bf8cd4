"""The number of a place, its row and column, and what these stand for."""

import jax.numpy as jnp


def best(losses, ws, bs):
    row, column = jnp.unravel_index(jnp.argmin(losses), losses.shape)
    return ws[row], bs[column]
