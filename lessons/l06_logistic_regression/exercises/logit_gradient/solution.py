"""z has the derivative x by w, and 1 by b."""

import jax
import jax.numpy as jnp


def slopes(w, b, x, y):
    p = jax.nn.sigmoid(w * x + b)  # (n,)
    return jnp.mean((p - y) * x), jnp.mean(p - y)
