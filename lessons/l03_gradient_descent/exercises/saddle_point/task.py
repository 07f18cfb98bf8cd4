import jax
import jax.numpy as jnp


def curvatures(f, point):
    return ...


def kind(f, point):
    found = curvatures(f, point)
    if ...:
        return "minimum"
    if ...:
        return "maximum"
    return "saddle"
