"""The signs of all eigenvalues decide; the gradient is 0 in every case."""

import jax
import jax.numpy as jnp


def curvatures(f, point):
    return jnp.linalg.eigvalsh(jax.hessian(f)(point))


def kind(f, point):
    found = curvatures(f, point)
    if (found > 0).all():
        return "minimum"
    if (found < 0).all():
        return "maximum"
    return "saddle"
