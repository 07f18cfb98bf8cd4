"""The number goes on; behind the cut it is a constant, in which no w stands any more."""

import jax
import jax.numpy as jnp


def run(w, x, h):
    for x_t in x:
        h = jnp.tanh(w * h + x_t)
    return h


def loss(w, first, second):
    h = run(w, first, jnp.zeros(()))
    h = jax.lax.stop_gradient(h)
    return run(w, second, h) ** 2
