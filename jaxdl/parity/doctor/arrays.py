"""How one array came of another: permuted, flipped, cut into blocks, rounded, multiplied."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

from jaxdl.parity.doctor.optimizer.directions import rounded

if TYPE_CHECKING:
    import numpy as np

NEAR = 3e-7
BLOCKS = (2, 3, 4, 5, 6, 8, 12, 16)


def same(a: np.ndarray, b: np.ndarray, near: float = NEAR) -> bool:
    """The same numbers in the same places."""
    import numpy as np

    if a.shape != b.shape:
        return False
    with np.errstate(all="ignore"):
        scale = np.abs(b).max(initial=0.0)
        return bool((np.abs(a - b) <= near * scale).all())


def how(found: np.ndarray, wanted: np.ndarray) -> str:
    """How the one came of the other; "": nobody knows.

    Args:
        found: the numbers that are there, any shape.
        wanted: those that should be.
    """
    import numpy as np

    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    tests = (_empty, _narrow, _turned, _arithmetic, _in_blocks, _in_rows, _reshaped, _partly)
    return next((told for test in tests if (told := test(found, wanted))), "")


def _empty(found: np.ndarray, wanted: np.ndarray) -> str:
    import numpy as np

    if not found.size:
        return ""
    if not np.isfinite(found).all() and np.isfinite(wanted).all():
        count = int((~np.isfinite(found)).sum())
        return f"{count} of {found.size} numbers are not finite"
    if found.size > 1 and (found == found.flat[0]).all() and not (wanted == wanted.flat[0]).all():
        what = "all zeros" if found.flat[0] == 0 else f"{found.flat[0]:.6g} everywhere"
        return f"it is {what}: never filled"
    return ""


def _narrow(found: np.ndarray, wanted: np.ndarray) -> str:
    import numpy as np

    if found.shape != wanted.shape:
        return ""
    for dtype in ("float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"):
        with np.errstate(all="ignore"):
            narrow = _rounded(wanted, dtype)
            if np.array_equal(narrow, found) and not np.array_equal(wanted, found):
                return f"it is rounded to {dtype}"
    scale = np.abs(wanted).max(initial=0.0) / 127
    if scale and same(found, np.round(wanted / scale) * scale):
        return "it is rounded to 255 steps (int8)"
    return ""


def _rounded(array: np.ndarray, dtype: str) -> np.ndarray:
    import ml_dtypes
    import numpy as np

    if dtype.startswith("float8"):
        return array.astype(getattr(ml_dtypes, dtype)).astype(np.float64)
    return rounded(array, dtype)


def _turned(found: np.ndarray, wanted: np.ndarray) -> str:
    """Axes in another order, or counted backwards."""
    import numpy as np

    if wanted.ndim > 5 or sorted(found.shape) != sorted(wanted.shape):
        return ""
    axes = range(wanted.ndim)
    sides = list(chain.from_iterable(combinations(axes, k) for k in range(wanted.ndim + 1)))
    orders = list(permutations(axes))
    for flipped in sorted(sides, key=len):
        turned = np.flip(wanted, flipped) if flipped else wanted
        for order in orders:
            plain = order == tuple(axes)
            if (plain and not flipped) or tuple(turned.shape[k] for k in order) != found.shape:
                continue
            if not same(found, turned.transpose(order)):
                continue
            told = []
            if not plain:
                named = "transposed" if wanted.ndim == 2 else f"its axes are in the order {order}"
                told.append(f"it is {named}" if wanted.ndim == 2 else named)
            if flipped:
                which = ", ".join(map(str, flipped))
                told.append(f"it is flipped along axis {which}")
            return " and ".join(told)
    return ""


def _arithmetic(found: np.ndarray, wanted: np.ndarray) -> str:
    import numpy as np

    if found.shape != wanted.shape or found.size < 2:
        return ""
    x, y = wanted.ravel(), found.ravel()
    if np.ptp(x) > 0:
        times = float(np.cov(x, y, bias=True)[0, 1] / np.var(x))
        plus = float(y.mean() - times * x.mean())
        if abs(plus) <= 1e-6 * np.abs(y).max() and times and same(y, times * x, 1e-6):
            if math.isclose(times, -1, rel_tol=1e-6):
                return "it has the other sign"
            root = _root(times, found.shape)
            return f"it is {times:.6g} times what it should be{root}"
        if math.isclose(times, 1, rel_tol=1e-5) and same(y, x + plus, 1e-6):
            added = "added to" if plus > 0 else "taken off"
            return f"{abs(plus):.6g} is {added} every number"
        if times and same(y, times * x + plus, 1e-6):
            return f"it is {times:.6g} times what it should be, and {plus:.6g} more"
    with np.errstate(all="ignore"):
        forms = {
            "the exponential": np.exp(x),
            "the logarithm": np.log(x),
            "the square root": np.sqrt(x),
            "the square": x**2,
            "the reciprocal": 1 / x,
            "the reciprocal of the square root": 1 / np.sqrt(x),
            "the absolute value": np.abs(x),
            "the sigmoid": 1 / (1 + np.exp(-x)),
            "the softplus": np.logaddexp(0, x),
        }
        for name, value in forms.items():
            if np.isfinite(value).all() and same(y, value, 1e-5):
                return f"it is {name} of what it should be"
    return ""


def _root(times: float, shape: Sequence[int]) -> str:
    for size in shape:
        for power, told in (
            (0.5, "the root of "),
            (1, ""),
            (-0.5, "1 over the root of "),
            (-1, "1 over "),
        ):
            if size > 1 and math.isclose(times, size**power, rel_tol=1e-6):
                return f": {told}{size}"
    return ""


def _in_blocks(found: np.ndarray, wanted: np.ndarray) -> str:
    """Equal parts along an axis are in another order, or missing."""
    import numpy as np

    if found.shape != wanted.shape:
        return ""
    for axis in range(wanted.ndim):
        for count in BLOCKS:
            if wanted.shape[axis] % count or wanted.shape[axis] < count:
                continue
            if wanted.shape[axis] == count and wanted.ndim == 1:
                continue  # numbers by themselves
            ours = np.split(found, count, axis)
            theirs = np.split(wanted, count, axis)
            order: list[int | str] = []
            for block in ours:
                at = [k for k, other in enumerate(theirs) if same(block, other)]
                if at:
                    order.append(at[0] if len(order) not in at else len(order))
                elif not block.any():
                    order.append("zeros")
                elif block.size > 1 and (block == block.flat[0]).all():
                    order.append(f"{block.flat[0]:.6g} everywhere")
                else:
                    break
            if len(order) < count or order == list(range(count)):
                continue
            return _order_told(order, count, axis)
    return ""


def _order_told(order: list[int | str], count: int, axis: int) -> str:
    where = f"of the {count} blocks along axis {axis}"
    if sorted(map(str, order)) == sorted(map(str, range(count))):
        return f"{where} the order is {_numbers(order)}, not {_numbers(list(range(count)))}"
    told = []
    for k, from_ in enumerate(order):
        if isinstance(from_, str):
            told.append(f"the {_nth(k)} is {'all ' if from_ == 'zeros' else ''}{from_}")
        elif from_ != k:
            told.append(f"the {_nth(k)} has the numbers of the {_nth(from_)}")
    return f"{where} {' and '.join(told)}"


def _numbers(order: Sequence[int | str]) -> str:
    return ", ".join(str(k + 1) if isinstance(k, int) else k for k in order)


def _nth(k: int) -> str:
    return (
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")[k]
        if (k < 8)
        else f"{k + 1}th"
    )


def _in_rows(found: np.ndarray, wanted: np.ndarray) -> str:
    """What stands along an axis is in another order: interleaved pairs, halves."""
    import numpy as np

    if found.shape != wanted.shape:
        return ""
    for axis in range(wanted.ndim):
        n = wanted.shape[axis]
        if n < 4:
            continue
        ours = np.moveaxis(found, axis, 0).reshape(n, -1)
        theirs = np.moveaxis(wanted, axis, 0).reshape(n, -1)
        order = _matched(ours, theirs)
        if order is None:
            continue
        for size in (d for d in range(4, n + 1, 2) if n % d == 0):
            told = _rotary(order.reshape(-1, size), size)
            if told:
                each = f" of every {size}" if size < n else ""
                return f"the rows along axis {axis}{each} are {told} (rotary layout)"
        for rows in (d for d in range(2, n) if n % d == 0):
            if np.array_equal(order, np.arange(n).reshape(rows, -1).T.reshape(-1)):
                return (
                    f"the rows along axis {axis} are read as ({n // rows}, {rows}), not "
                    f"({rows}, {n // rows})"
                )
        moved = int((order != np.arange(n)).sum())
        shift = int(order[0])
        if np.array_equal(order, np.roll(np.arange(n), -shift)):
            return f"the rows along axis {axis} are shifted by {shift}"
        return f"{moved} of the {n} rows along axis {axis} are in another order"
    return ""


def _rotary(blocks: np.ndarray, size: int) -> str:
    """Each of the blocks of rows is as it should be, or turned in one way; "": in another."""
    import numpy as np

    plain = np.arange(size)
    rows = blocks - size * np.arange(len(blocks))[:, None]
    for other, told in (
        (
            plain.reshape(2, -1).T.reshape(-1),
            "interleaved, pair by pair, where they should stand as two halves",
        ),
        (plain.reshape(-1, 2).T.reshape(-1), "two halves, where they should be interleaved pairs"),
    ):
        turned = (rows == other).all(1)
        if turned.any() and (turned | (rows == plain).all(1)).all():
            return told
    return ""


def _matched(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray | None:
    """Which row of the second each of the first is; None: they are not all there, or in order."""
    import numpy as np

    keys = np.lexsort(theirs.T[::-1]), np.lexsort(ours.T[::-1])
    if not same(ours[keys[1]], theirs[keys[0]]):
        return None
    order = np.empty(len(ours), int)
    order[keys[1]] = keys[0]
    return None if np.array_equal(order, np.arange(len(order))) else order


def _reshaped(found: np.ndarray, wanted: np.ndarray) -> str:
    """The numbers in memory's order of another layout."""
    if found.size != wanted.size or wanted.ndim > 5:
        return ""
    for order in permutations(range(wanted.ndim)):
        if same(found.ravel(), wanted.transpose(order).ravel()):
            if found.shape != wanted.shape:
                told = f"its shape is {found.shape}, not {wanted.shape}"
                return told if order == tuple(range(wanted.ndim)) else f"{told}: not transposed"
            return "it is reshaped where it should be transposed"
    return ""


def _partly(found: np.ndarray, wanted: np.ndarray) -> str:
    """Some of it is right."""
    import numpy as np

    if found.shape != wanted.shape:
        return f"its shape is {found.shape}, not {wanted.shape}"
    scale = np.abs(wanted).max(initial=0.0)
    wrong = np.abs(found - wanted) > NEAR * scale
    for axis in range(wanted.ndim):
        rows = np.moveaxis(wrong, axis, 0).reshape(wanted.shape[axis], -1).any(1)
        numbers = np.flatnonzero(rows)
        if 0 < len(numbers) <= len(rows) // 2 and len(rows) > 2:
            part = np.take(found, numbers, axis)
            what = "are all zeros" if not part.any() else "differ"
            told = ", ".join(map(str, numbers[:6])) + (", …" if len(numbers) > 6 else "")
            return f"the rows {told} along axis {axis} {what}, the others do not"
    return ""


def taken_from(found: np.ndarray, others: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    """The arrays whose numbers these are: (name, "" or how they were changed)."""
    import numpy as np

    for name, other in others.items():
        other = np.asarray(other, np.float64)
        if found.size != other.size or other.size < 2:
            continue
        if not same(np.sort(found, axis=None), np.sort(other, axis=None), 1e-6):
            continue
        if (other == other.flat[0]).all():
            continue
        yield name, "" if same(found, other) else how(found, other)
