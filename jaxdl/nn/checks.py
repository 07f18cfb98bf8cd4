"""What the layers check when they are built, so that a wrong number is told where it stands."""

from __future__ import annotations

import operator
from numbers import Real

import jax


def check_positive(**sizes: int) -> None:
    """ValueError naming the first that is not an integer from 1 on."""
    for name, size in sizes.items():
        try:
            positive = operator.index(size) >= 1
        except TypeError:
            positive = False
        if not positive:
            raise ValueError(f"{name} must be a positive integer, got {size}")


def check_dropout(dropout: float) -> None:
    """ValueError unless it is a number from 0 to 1."""
    number = isinstance(dropout, Real) or (isinstance(dropout, jax.Array) and dropout.ndim == 0)
    if not number or not 0 <= dropout <= 1:
        raise ValueError(f"dropout must be from 0 to 1, got {dropout!r}")
