import jax.numpy as jnp


def lengths(x):
    return ...


def last(output, x):
    return ...
