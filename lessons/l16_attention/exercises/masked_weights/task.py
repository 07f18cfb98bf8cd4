import jax
import jax.numpy as jnp


def weights(scores, x):
    real = ...  # (n, 1, width) of bool
    lowest = jnp.finfo(scores.dtype).min
    return ...
