"""Both sides are computed, and each place takes one of them."""

import jax
import jax.numpy as jnp


@jax.jit
def leaky(x, slope):
    return jnp.where(x > 0, x, slope * x)
