"""What is looked at: the batch of a key whose order is not the given one."""

import jax
import numpy as np

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    n, size = draw.n + 5, draw.n
    x, y = draw.normal(n, 2), draw.normal(n)
    seed = draw.integer(0, 999)
    while True:  # neither the first rows, nor the last, nor each row at its own place
        order = np.asarray(jax.random.permutation(jax.random.key(seed), n))
        if order[0] not in (0, 5) and order[1] != 1:
            break
        seed += 1
    yield (
        f"random_batch(jax.random.key({seed}), x, y, {size})",
        answer.random_batch(jax.random.key(seed), x, y, size),
    )
