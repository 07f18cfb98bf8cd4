import jax
import jax.numpy as jnp


def context(kernel, h, read):
    query = h @ kernel  # (n, hidden)
    scores = jnp.sum(query[:, None] * read, axis=...)  # (n, width)
    weights = ...
    return ...
