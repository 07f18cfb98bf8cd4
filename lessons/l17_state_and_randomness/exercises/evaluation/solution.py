"""A function of one example: no mean over the batch stands in it."""

import jax.numpy as jnp


def evaluate(weights, stats, x):
    x = (x - stats["mean"][None]) / jnp.sqrt(stats["var"][None] + 1e-5)
    return x * weights["scale"][None] + weights["bias"][None]
