"""Each mean times its rows is a sum again; the sums are added, and divided by all rows."""

import jax
import jax.numpy as jnp


def loss(w, x, y):
    return jnp.mean((x @ w - y) ** 2)


def gradient(w, xs, ys):
    slopes = [jax.grad(loss)(w, x, y) for x, y in zip(xs, ys, strict=True)]
    rows = [len(x) for x in xs]
    return sum(n * slope for n, slope in zip(rows, slopes, strict=True)) / sum(rows)
