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
    import numpy as np

    if a.shape != b.shape:
        return math.inf
    with np.errstate(all="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        apart = np.where(same, 0.0, np.abs(a - b))
        finite = b[np.isfinite(b)]
        scale = max(np.abs(finite).max(initial=0.0), float(np.finfo(np.float32).tiny))
        found = float(apart.max(initial=0.0) / scale)
    return found if not math.isnan(found) else math.inf
