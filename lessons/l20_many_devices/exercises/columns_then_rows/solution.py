"""relu is of each hidden unit by itself, so who has the unit can take it; the sum comes last."""

import jax.numpy as jnp


def parts(up, down, devices):
    ups, downs = jnp.split(up, devices, axis=1), jnp.split(down, devices, axis=0)
    return list(zip(ups, downs, strict=True))


def summand(x, own_up, own_down):
    return jnp.maximum(x @ own_up, 0.0) @ own_down


def output(x, up, down, bias, devices):
    return sum(summand(x, *pair) for pair in parts(up, down, devices)) + bias[None]
