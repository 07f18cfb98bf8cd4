"""One gradient has the slopes of all; one line moves them all."""

import jax


def loss(params, x, y):
    return (params["w2"] * jax.nn.sigmoid(params["w1"] * x) - y) ** 2


def step(params, x, y, learning_rate):
    slopes = jax.grad(loss)(params, x, y)
    return jax.tree.map(lambda w, slope: w - learning_rate * slope, params, slopes)
