"""Each part's loss is a mean already; the whole batch's is the mean of these."""

import jax
import jax.numpy as jnp


def loss(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


def gradient(w, x, y, parts):
    total = jnp.zeros_like(w)
    for each_x, each_y in zip(x.reshape(parts, -1, len(w)), y.reshape(parts, -1), strict=True):
        total = total + jax.grad(loss)(w, each_x, each_y) / parts
    return total
