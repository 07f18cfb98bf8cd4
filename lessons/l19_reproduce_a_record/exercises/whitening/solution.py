"""The eigenvectors are columns, so each column is divided by a number of its own."""

import jax.numpy as jnp


def whitening(patches, epsilon):
    values, vectors = jnp.linalg.eigh(patches.T @ patches / len(patches))
    return vectors / jnp.sqrt(values + epsilon)[None, :]
