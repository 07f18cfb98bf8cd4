import jax.numpy as jnp


def parts(up, down, devices):
    ups, downs = jnp.split(up, devices, axis=...), jnp.split(down, devices, axis=...)
    return list(zip(ups, downs))


def summand(x, own_up, own_down):
    return ...


def output(x, up, down, bias, devices):
    return ...
