"""Whether functions give the same: their arrays, held to the table of tolerances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jaxdl.bench.record import LOOSER
from jaxdl.errors import InputError
from jaxdl.parity.tolerances import TOLERANCES, gradient_floor, relative_error

if TYPE_CHECKING:
    import numpy as np

GRADIENT = "gradient of "
Arrays = Mapping[str, "np.ndarray"]
"""What a function gave, by name: "output.logits", "gradient of params.w"."""


def allowed(dtype: str, tolerance: float | None = None) -> float:
    """How far outputs and gradients may differ, over the largest number of each array.

    Raises:
        InputError: the tolerance that is asked for is none.
    """
    if tolerance is None:
        return LOOSER.get(dtype) or TOLERANCES[dtype, "output"]
    if not 0 < tolerance < float("inf"):
        raise InputError(f"a tolerance is a number above 0, not {tolerance}")
    return tolerance


def error(ours: Arrays, theirs: Arrays) -> float:
    """The largest difference of all arrays, over the largest number of each; see `differences`."""
    floor = gradient_floor(theirs[name] for name in _gradients(theirs))
    return max(_apart(ours[name], theirs[name], name, floor)[0] for name in theirs)


def differences(ours: Arrays, theirs: Arrays, limit: float) -> Iterator[str]:
    """What is not the same, in words: names, shapes, kinds of numbers, numbers.

    Errors are `max|a - b| / max|b|` of an array; gradients are taken over a hundredth of the
    largest gradient at least. Integers and truth values must be equal, whatever their width; so
    must infinities. What is NaN is equal to nothing.

    Args:
        ours: of the function that is looked at.
        theirs: of the one that it is held against.
        limit: the largest error that is none.
    """
    for what, names, others in (("lacks", theirs, ours), ("has besides", ours, theirs)):
        if missing := [name for name in names if name not in others]:
            yield f"{what} {', '.join(missing)}"
    floor = gradient_floor(theirs[name] for name in _gradients(theirs))
    for name in ours:
        if name not in theirs:
            continue
        a, b = ours[name], theirs[name]
        if a.shape != b.shape:
            yield f"{name} has shape {a.shape}, not {b.shape}"
        elif a.dtype != b.dtype and not {a.dtype.kind, b.dtype.kind} <= set("biu"):
            yield f"{name} is {a.dtype}, not {b.dtype}"
        else:
            found, words = _apart(a, b, name, floor)
            if not found <= limit:
                if found < float("inf"):
                    words += f" ({limit:.0e} is allowed)"
                if a.dtype.kind == "V" or a.dtype.itemsize < 4:
                    words += f"; it is {a.dtype}: allow it more by a tolerance"
                elif floor and name.startswith(GRADIENT) and _is_rounding(a, b):
                    words += "; if it is 0 but for rounding, take gradients by another input, too"
                elif found < 10 * limit:
                    words += "; if rounding is the reason, they agree in float64"
                yield f"{name} {words}"


def _is_rounding(a: np.ndarray, b: np.ndarray) -> bool:
    import numpy as np

    largest = max(float(np.abs(array).max(initial=0.0)) for array in (a, b))
    return largest <= (1e-12 if a.dtype.itemsize == 8 else 1e-5)


def not_a_number(arrays: Arrays) -> Iterator[str]:
    """The arrays that hold NaN, in words."""
    for name, array in arrays.items():
        if count := int((array != array).sum()):
            yield f"{name} is NaN in {count:,} of {array.size:,} numbers"


def _gradients(arrays: Arrays) -> list[str]:
    return [name for name in arrays if name.startswith(GRADIENT)]


def _apart(a: np.ndarray, b: np.ndarray, name: str, floor: float) -> tuple[float, str]:
    """The error of one array of one shape, and what is to be said of it."""
    import numpy as np

    if {a.dtype.kind, b.dtype.kind} <= set("biu"):
        unlike = a != b
        words = f"differs in {int(np.sum(unlike)):,} of {a.size:,} numbers, first"
        return (np.inf, words + _place(a, b, int(np.argmax(unlike)))) if unlike.any() else (0.0, "")
    wide = np.result_type(np.float64, a.dtype) if a.dtype.kind in "fc" else np.float64
    a, b = a.astype(wide), b.astype(wide)
    same = np.isinf(a) & (a == b)
    a, b = np.where(same, 0, a), np.where(same, 0, b)
    found = relative_error(a, b, floor if name.startswith(GRADIENT) else 0.0)
    with np.errstate(all="ignore"):
        gap = np.abs(a - b)
    at = int(np.argmax(np.where(np.isnan(gap), np.inf, gap))) if a.size else 0
    return found, f"is off by {found:.1e} of its largest number, most{_place(a, b, at)}"


def _place(a: np.ndarray, b: np.ndarray, at: int) -> str:
    import numpy as np

    if not a.size:
        return ""
    index = [int(i) for i in np.unravel_index(at, a.shape)]
    where = f" at {index}" if index else ""
    told = [str(x) if x.dtype.kind in "biu" else f"{x:.6g}" for x in (a.ravel()[at], b.ravel()[at])]
    return f"{where}: {told[0]} instead of {told[1]}"
