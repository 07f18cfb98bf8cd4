import jax
import jax.numpy as jnp


def loss(logits, y, s):
    shares = ...
    return ...
