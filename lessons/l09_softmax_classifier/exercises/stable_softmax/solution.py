"""keepdims leaves an axis of length 1, so that each row meets its own maximum and its own sum."""

import jax.numpy as jnp


def softmax(logits):
    shifted = logits - jnp.max(logits, axis=1, keepdims=True)
    return jnp.exp(shifted) / jnp.sum(jnp.exp(shifted), axis=1, keepdims=True)
