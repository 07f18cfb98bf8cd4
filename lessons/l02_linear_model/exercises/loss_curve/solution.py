"""w is gone through along its axis 0; x and y are the same for all."""

import jax
import jax.numpy as jnp


def loss(w, x, y):  # w () -> ()
    return jnp.mean((w * x - y) ** 2)


def curve(ws, x, y):  # ws (m,) -> (m,)
    return jax.vmap(loss, in_axes=(0, None, None))(ws, x, y)
