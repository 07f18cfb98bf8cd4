"""The value goes on, the gradient does not: that is what stop_gradient says."""

import jax
import jax.numpy as jnp


def read(w, h, piece):
    states = []
    for x_t in piece:
        h = jnp.tanh(w * h + x_t)
        states.append(h)
    return jnp.stack(states)


def loss(w, x, y):
    first = read(w, jnp.zeros(()), x[0])
    second = read(w, jax.lax.stop_gradient(first[-1]), x[1])
    return jnp.sum((first - y[0]) ** 2) + jnp.sum((second - y[1]) ** 2)
