import jax


def loss(params, x, y):
    prediction = ...
    return ...


def gradient(params, x, y):
    return ...
