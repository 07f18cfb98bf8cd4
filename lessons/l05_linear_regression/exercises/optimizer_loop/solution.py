"""Parameters and state go round together."""

import jax
import jax.numpy as jnp
import optax


def loss(params, x, y):
    return jnp.mean((params["w"] * x + params["b"] - y) ** 2)


def train(optimizer, params, x, y, steps):
    state = optimizer.init(params)
    for _ in range(steps):
        gradient = jax.grad(loss)(params, x, y)
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    return params
