import jax
import jax.numpy as jnp


def run(w, x, h):
    for x_t in x:
        h = jnp.tanh(w * h + x_t)
    return h


def loss(w, first, second):
    h = run(w, first, jnp.zeros(()))
    h = ...
    return ...
