"""has_aux: of the pair that is returned, the first is differentiated and the second handed out."""

import jax
import jax.numpy as jnp


def loss_and_stats(weights, stats, x):
    new = 0.9 * stats + 0.1 * jnp.mean(x, axis=0)
    return jnp.mean((x * weights[None] - stats[None]) ** 2), new


def step(weights, stats, x, rate):
    (loss, new), gradient = jax.value_and_grad(loss_and_stats, has_aux=True)(weights, stats, x)
    return weights - rate * gradient, new, loss
