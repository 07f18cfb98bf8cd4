import jax
import jax.numpy as jnp


def loss(w, x, y):
    return (jnp.tanh(w * x) - y) ** 2


def curvature(w, x, y):
    return ...
