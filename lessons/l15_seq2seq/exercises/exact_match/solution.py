"""A place may be right or not count; an answer is right where all of its places are."""

import jax.numpy as jnp


def exact_match(guess, y):
    counts = jnp.pad(y[:, :-1] > 0, ((0, 0), (1, 0)), constant_values=True)
    right = (guess == y) | ~counts
    return jnp.mean(jnp.all(right, axis=1))
