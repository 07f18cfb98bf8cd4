import jax.numpy as jnp


def scores(query, read):
    return jnp.einsum(..., query, read)


def context(weights, read):
    return jnp.einsum(..., weights, read)
