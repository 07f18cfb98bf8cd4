"""Arrays told by their numbers, whatever the order of their axes."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

QUANTILES = 65
"""So many numbers of a sorted array stand for it."""


def print_of(array: np.ndarray) -> np.ndarray:
    """Some of an array's numbers in order, and its power: the same for every order of its axes."""
    import numpy as np

    flat = np.sort(np.asarray(array, np.float64), axis=None)
    places = _places(flat.size)
    with np.errstate(all="ignore"):
        return np.append(flat[places], np.sqrt(np.mean(flat**2)))


@cache
def _places(size: int) -> np.ndarray:
    import numpy as np

    return np.linspace(0, size - 1, min(QUANTILES, size)).round().astype(int)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Of two prints, relative to the second."""
    return float(distances(a[None], b)[0]) if a.shape == b.shape else math.inf


def distances(many: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of some prints from one, each number relative to itself.

    Those near zero are taken relative to the smallest twentieth of the others: a few huge numbers,
    as -1e9 where a score is hidden, do not make the rest alike.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        size = np.abs(b)
        usual = np.sort(size[np.isfinite(size) & (size > 0)])
        least = usual[len(usual) // 20] if len(usual) else 0.0
        scale = np.maximum(size, max(least, float(np.finfo(np.float32).tiny)))
        same = (many == b) | (np.isnan(many) & np.isnan(b))
        found = np.where(same, 0.0, np.abs(many - b) / scale).max(1, initial=0.0)
    return np.where(np.isnan(found), math.inf, found)
