import jax
import jax.numpy as jnp
import optax


def loss(params, x, y):
    return jnp.mean((params["w"] * x + params["b"] - y) ** 2)


def train(optimizer, params, x, y, steps):
    state = ...
    for _ in range(steps):
        gradient = ...
        updates, state = ...
        params = ...
    return params
