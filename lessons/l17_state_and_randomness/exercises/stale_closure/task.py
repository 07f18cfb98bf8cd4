import jax


def outputs(apply, every, x):
    compiled = ...
    return [... for params in every]
