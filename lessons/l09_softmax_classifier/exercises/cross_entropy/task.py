import jax
import jax.numpy as jnp


def loss(logits, y):
    log_p = ...  # (n, classes)
    return ...
