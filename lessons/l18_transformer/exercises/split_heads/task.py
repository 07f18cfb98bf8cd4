import jax.numpy as jnp


def split(qkv, heads):
    n, length, _ = qkv.shape
    parts = qkv.reshape(n, length, ..., ..., -1)
    query, key, value = jnp.moveaxis(parts, ..., ...)
    return query, key, value


def merge(context):
    n, heads, length, size = context.shape
    return ...
