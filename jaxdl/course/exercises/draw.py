"""Inputs of a check, drawn anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Draw:
    """Draws inputs, as the arrays of the framework that an answer is written in.

    Args:
        seed: of everything that is drawn.
        array: makes a framework's array of NumPy's: `jnp.asarray`, `torch.from_numpy`.

    Attributes:
        n: a number of examples, 3 to 9, but not 4, so that it is no power of a small factor.
        rng: the `numpy.random.Generator` itself, for what has no method here.
    """

    def __init__(self, seed: int, array: Callable[[Any], Any]) -> None:
        import numpy as np

        self.rng = np.random.default_rng(seed)
        self.array = array
        self.n = int(self.rng.choice([3, 5, 6, 7, 9]))

    def number(self, low: float = 0.5, high: float = 2.0) -> float:
        """A Python number between two bounds."""
        return float(self.rng.uniform(low, high))

    def integer(self, low: int, high: int) -> int:
        """A Python integer, both bounds included."""
        return int(self.rng.integers(low, high + 1))

    def normal(self, *shape: int) -> Any:
        """Standard normal numbers of a shape, float32."""
        return self.array(self.rng.standard_normal(shape).astype("float32"))

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Any:
        """Numbers between two bounds, float32."""
        return self.array(self.rng.uniform(low, high, shape).astype("float32"))

    def integers(self, low: int, high: int, *shape: int) -> Any:
        """Integers, both bounds included, of a shape, int32."""
        return self.array(self.rng.integers(low, high + 1, shape).astype("int32"))

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of some things."""
        return choices[int(self.rng.integers(len(choices)))]
