"""A sum over hidden makes the scores, a sum over width the context."""

import jax
import jax.numpy as jnp


def context(kernel, h, read):
    query = h @ kernel
    scores = jnp.sum(query[:, None] * read, axis=2)
    weights = jax.nn.softmax(scores, axis=1)
    return jnp.sum(weights[:, :, None] * read, axis=1)
