import jax.numpy as jnp


def before(y):
    return jnp.pad(..., ((0, 0), ...))
