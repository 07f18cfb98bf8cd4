import jax
import jax.numpy as jnp


def slopes(w, b, x, y):
    p = ...  # (n,)
    return ..., ...
