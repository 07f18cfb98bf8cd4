import jax
import jax.numpy as jnp
import optax


def bits(logits, y):
    nats = ...  # of each letter: (n, length)
    return ...
