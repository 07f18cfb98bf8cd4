"""The number that a port has in a call, solved for: an epsilon, a slope, a factor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, made
from jaxdl.parity.doctor.calls.values import Value, Values
from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.calls.variants.variant import Family, Variant

FAILS = (
    *(RuntimeError, IndexError, ValueError, TypeError, AttributeError),
    *(AssertionError, NotImplementedError),
)
FEW = 4
"""An array of fewer different numbers is not asked: some number in a family always fits it."""
CANDIDATES = 80
TURNS = 80


def solved(family: Family, call: Call, values: Values) -> Iterator[Variant]:
    """The members of a family whose numbers the JAX program has.

    The root of the mean square of what the call gives is a function of the number; where it takes
    the value that an array of the JAX program has, and all other numbers agree, too, is an answer.
    """
    grid = [(number, _level(family, call, number)) for number in family.grid]
    size = next((size for _, (_, size) in grid if size), 0)
    spans = [
        (a, b, low, high)
        for (a, (low, _)), (b, (high, _)) in pairwise(grid)
        if math.isfinite(low) and math.isfinite(high)
    ]
    told: set[float] = set()
    for value in candidates(values, size):
        level = float(value.print[-1])
        # At a number of the grid itself rounding may put the level beyond its ends.
        found = [n for n, (near, _) in grid if math.isclose(near, level, rel_tol=1e-11)]
        found += [
            _root(family, call, level, a, b)
            for a, b, low, high in spans
            if min(low, high) <= level <= max(low, high)
        ]
        for number in found:
            plain = _plain(family, call, value, number, values.tolerance)
            if plain is not None and plain not in told and not _is(plain, family.own):
                told.add(plain)
                yield family.variant(plain)


def candidates(values: Values, size: int) -> list[Value]:
    """The program's different arrays of a size that have numbers enough."""
    import numpy as np

    if size not in values.different:
        found: list[Value] = []
        for value in values.by_size.get(size, ()):
            if len(np.unique(value.print)) > FEW and not any(
                distance(v.print, value.print) <= values.tolerance for v in found
            ):
                found.append(value)
            if len(found) == CANDIDATES:
                break
        values.different[size] = found
    return values.different[size]


def output_of(call: Call, run: Any) -> np.ndarray | None:
    """What a call gives in another way, its first tensor; None: it cannot be made so."""
    import torch

    try:
        with torch.no_grad():
            tensor = next(iter(made(call, run)), None)
    except FAILS:
        return None
    return None if tensor is None else tensor.detach().double().numpy()


def _level(family: Family, call: Call, number: float) -> tuple[float, int]:
    import numpy as np

    array = output_of(call, family.run(number))
    if array is None or not array.size:
        return math.nan, 0
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(array**2))), array.size


def _root(family: Family, call: Call, level: float, a: float, b: float) -> float:
    """Where a family has a level between two numbers: regula falsi, by Illinois."""

    def apart(number: float) -> float:
        return _level(family, call, number)[0] - level

    low, high = apart(a), apart(b)
    if low * high > 0:  # it touches the level at an end
        return a if abs(low) < abs(high) else b
    for _ in range(TURNS):
        if not low or not high or a == b:
            break
        middle = (a * high - b * low) / (high - low)
        value = apart(middle)
        if not math.isfinite(value):
            break
        if value * high <= 0:
            a, low = b, high
        else:
            low /= 2
        b, high = middle, value
    return a if not low or abs(low) < abs(high) else b


def _plain(
    family: Family, call: Call, value: Value, number: float, tolerance: float
) -> float | None:
    """The number in as few digits as give the same; None: it gives others."""
    for digits in (0, 1, 2, 3, 4, 6, 17):
        short = float(f"{number:.{digits}g}") if digits else 0.0
        array = output_of(call, family.run(short))
        if array is not None and distance(print_of(array), value.print) <= tolerance:
            return short
    return None


def _is(number: float, own: float | None) -> bool:
    return own is not None and math.isclose(number, own, rel_tol=1e-7)
