"""Summed over hidden, then over width; the axis n is in all three and is not summed over."""

import jax.numpy as jnp


def scores(query, read):
    return jnp.einsum("nah,nwh->naw", query, read)


def context(weights, read):
    return jnp.einsum("naw,nwh->nah", weights, read)
