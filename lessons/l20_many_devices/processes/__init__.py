"""The lesson's program in several processes: what both frameworks' versions of it start from."""

import numpy as np


def order_of(n, config, steps):
    """Which examples each step sees, (steps, batch_size): decided by the seed, in every process."""
    generator = np.random.default_rng(config.seed)
    epochs = -(-steps * config.batch_size // n)
    rows = np.concatenate([generator.permutation(n) for _ in range(epochs)])
    return rows[: steps * config.batch_size].reshape(steps, config.batch_size)
