import jax.numpy as jnp


def plain(slopes, arriving):
    return ...


def residual(slopes, arriving):
    return ...
