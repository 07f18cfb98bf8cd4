import jax


def decayed(params, rate):
    return ...
