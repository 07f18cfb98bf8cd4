"""What changes between the calls is an argument."""

import jax


def outputs(apply, every, x):
    compiled = jax.jit(apply)
    return [compiled(params, x) for params in every]
