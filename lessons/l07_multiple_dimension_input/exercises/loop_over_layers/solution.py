"""All layers but the last are alike; the loop runs over them, and the last one stands behind it."""

import jax


def linear(layer, x):
    return x @ layer["kernel"] + layer["bias"][None, :]


def deep(layers, x):
    for layer in layers[:-1]:
        x = jax.nn.sigmoid(linear(layer, x))
    return linear(layers[-1], x)
