"""The channels are the last axis of NHWC, whatever stands before them."""

import jax.numpy as jnp


def join(branches):
    return jnp.concatenate(branches, axis=-1)
