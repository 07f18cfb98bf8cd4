"""One place to the right: 0 comes in on the left, the last column goes."""

import jax.numpy as jnp


def before(y):
    return jnp.pad(y[:, :-1], ((0, 0), (1, 0)))
