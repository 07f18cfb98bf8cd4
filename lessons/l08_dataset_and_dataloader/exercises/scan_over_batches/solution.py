"""The carry is the new w, the output the loss before the step; scan stacks the outputs."""

import jax
import jax.numpy as jnp


def loss(w, x):
    return jnp.mean((x @ w - 1) ** 2)


def run_epoch(w, x, pieces):
    def on_batch(w, picked):
        value, gradient = jax.value_and_grad(loss)(w, x[picked])
        return w - 0.1 * gradient, value

    return jax.lax.scan(on_batch, w, pieces)
