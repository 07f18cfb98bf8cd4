"""The mask stands before the division, and after it: padding may not add its own 1 / 1."""

import jax.numpy as jnp


def value(x, real):
    harmless = jnp.where(real, x, 1.0)
    return jnp.sum(jnp.where(real, 1 / harmless, 0.0))
