import jax


def loss(params, x, y):
    return (params["w2"] * jax.nn.sigmoid(params["w1"] * x) - y) ** 2


def step(params, x, y, learning_rate):
    slopes = ...
    return ...
