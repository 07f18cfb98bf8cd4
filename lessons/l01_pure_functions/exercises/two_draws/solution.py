"""Split first; then each of the new keys draws once."""

import jax


def two_draws(key, n):
    first, second = jax.random.split(key)
    return jax.random.normal(first, (n,)), jax.random.normal(second, (n,))
