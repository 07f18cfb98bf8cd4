import jax.numpy as jnp


def whitening(patches, epsilon):
    values, vectors = jnp.linalg.eigh(...)
    return ...
