"""The one tolerance table: how far the functional and the imperative program may differ.

An error is `max|a - b| / max(max|b|, tiny)` over one quantity. In float64 agreement to 1e-10 is the
proof that two programs are the same; float32 shows what rounding makes of it. Whoever needs another
number at a call site says there why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

TOLERANCES = {
    ("float64", "output"): 1e-10,
    ("float64", "loss"): 1e-10,
    ("float64", "gradient"): 1e-10,
    ("float64", "trajectory"): 1e-10,  # every loss of a run, over the run's largest
    ("float64", "parameter"): 1e-10,  # at the end of the run
    ("float32", "output"): 1e-5,
    ("float32", "loss"): 1e-5,
    ("float32", "gradient"): 1e-5,
    ("float32", "trajectory"): 1e-5,
    ("float32", "parameter"): 1e-5,
}


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """`max|a - b| / max(max|b|, tiny)`: 0 for equal arrays, infinite where a number meets a NaN.

    Nothing is lost in a cast: complex numbers are compared as such, integers and truth values
    exactly, however large.

    Args:
        a: what is checked, any shape.
        b: what it should be, same shape.

    Raises:
        ValueError: the shapes differ.
    """
    import numpy as np

    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"cannot compare shape {a.shape} with {b.shape}")
    a, b = _widened(a, b)
    if np.array_equal(a, b):
        return 0.0
    with np.errstate(all="ignore"):  # what is not finite is told by the result
        error = np.max(np.abs(a - b)) / max(np.max(np.abs(b)), float(np.finfo(np.float32).tiny))
    return float(error) if np.isfinite(float(error)) else float("inf")


def _widened(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in a type that holds all values of either: integers as Python has them."""
    import numpy as np

    kinds = {array.dtype.kind for array in (a, b)}
    if kinds <= set("biu"):
        return a.astype(object) + 0, b.astype(object) + 0  # True becomes 1
    if "c" in kinds:
        wide = np.result_type(np.complex128, *(x.dtype for x in (a, b) if x.dtype.kind == "c"))
    else:
        wide = np.result_type(np.float64, *(x.dtype for x in (a, b) if x.dtype.kind == "f"))
    return a.astype(wide), b.astype(wide)
