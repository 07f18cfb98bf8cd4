import jax
import jax.numpy as jnp


def loss(w, x, y):  # w () -> ()
    return jnp.mean((w * x - y) ** 2)


def curve(ws, x, y):  # ws (m,) -> (m,)
    return ...
