"""What PyTorch's layers draw their initial values from."""

from functools import partial

import jax
from flax.typing import Initializer


def uniform(bound: float) -> Initializer:
    """U(-bound, bound), as an initialiser: (key, shape, dtype) -> array."""
    return partial(jax.random.uniform, minval=-bound, maxval=bound)
