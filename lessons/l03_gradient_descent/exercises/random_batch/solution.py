"""One drawing of numbers, used for both arrays."""

import jax


def random_batch(key, x, y, size):
    picked = jax.random.permutation(key, len(x))[:size]  # (size,)
    return x[picked], y[picked]
