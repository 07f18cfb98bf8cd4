"""h goes in and comes out as the next h; x is cut along its first axis, the time."""

import jax.numpy as jnp


def run(x, w, u, b):
    h = jnp.zeros((x.shape[1], len(b)))
    states = []
    for x_t in x:
        h = jnp.tanh(x_t @ w + h @ u + b[None, :])
        states.append(h)
    return jnp.stack(states)
