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
    second = read(w, ..., x[1])
    return ...
