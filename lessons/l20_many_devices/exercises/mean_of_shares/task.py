import jax
import jax.numpy as jnp


def loss(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


def gradient(w, xs, ys):
    slopes = [jax.grad(loss)(w, x, y) for x, y in zip(xs, ys)]
    rows = ...
    return ...
