import jax


def random_batch(key, x, y, size):
    picked = ...  # (size,)
    return ..., ...
