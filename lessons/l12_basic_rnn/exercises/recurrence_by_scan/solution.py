"""The time must be the first axis for scan, and goes back to its place behind it."""

import jax
import jax.numpy as jnp


def step(h, x_t):
    return jnp.tanh(x_t + 2 * h)


def run(x, h):
    def f(h, x_t):
        h = step(h, x_t)
        return h, h

    last, states = jax.lax.scan(f, h, x.swapaxes(0, 1))
    return states.swapaxes(0, 1), last
