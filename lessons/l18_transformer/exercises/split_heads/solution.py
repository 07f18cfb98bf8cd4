"""reshape cuts an axis where it is; only moving the axes brings the heads to the front."""

import jax.numpy as jnp


def split(qkv, heads):
    n, length, _ = qkv.shape
    parts = qkv.reshape(n, length, 3, heads, -1)
    query, key, value = jnp.moveaxis(parts, (2, 3), (0, 2))
    return query, key, value


def merge(context):
    n, heads, length, size = context.shape
    return context.swapaxes(1, 2).reshape(n, length, heads * size)
