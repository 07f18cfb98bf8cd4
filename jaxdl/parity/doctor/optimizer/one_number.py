"""One unknown number solved for."""

from __future__ import annotations

import math
from collections.abc import Callable


def least(error: Callable[[float], float], low: float, high: float, base: float) -> float | None:
    """Where the error is next to nothing; None: nowhere."""
    import numpy as np

    grid = np.linspace(low, high, 36)
    errors = [error(x) for x in grid]
    order = sorted(range(len(grid)), key=lambda k: errors[k])
    for k in order[:2]:
        if not math.isfinite(errors[k]) or (errors[k] > max(base, 1) and k != order[0]):
            continue
        a, b = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
        golden = (math.sqrt(5) - 1) / 2
        c, d = b - golden * (b - a), a + golden * (b - a)
        ec, ed = error(c), error(d)
        for _ in range(55):
            if ec < ed:
                b, d, ed = d, c, ec
                c = b - golden * (b - a)
                ec = error(c)
            else:
                a, c, ec = c, d, ed
                d = a + golden * (b - a)
                ed = error(d)
            if min(ec, ed) < 1e-3 or b - a < 1e-14:
                break
        x, e = (c, ec) if ec < ed else (d, ed)
        if e <= 30:
            return float(x)
    return None


def neat(value: float, fits: Callable[[float], bool]) -> float | None:
    """The number with the fewest digits that fits; None: none does."""
    tries = [float(f"{value:.{digits}g}") for digits in (1, 2, 3, 4, 6, 8)]
    tries += [1 - float(f"{1 - value:.{digits}g}") for digits in (1, 2, 3, 4)]
    return next((short for short in (*tries, value) if fits(short)), None)
