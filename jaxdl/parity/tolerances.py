"""The one tolerance table: how far the functional and the imperative program may differ.

An error is `max|a - b| / max(max|b|, tiny)` over one quantity. In float64 agreement to 1e-10 is the
proof that two programs are the same; float32 shows what rounding makes of it. Whoever needs another
number at a call site says there why.

Below float32 no number is right for all models, and the tolerance is measured: how far we are from
PyTorch's float32 result, over how far PyTorch's own result in low precision is (`rounding_ratio`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike

TOLERANCES = {
    ("float64", "output"): 1e-10,
    ("float64", "loss"): 1e-10,
    ("float64", "gradient"): 1e-10,
    ("float64", "trajectory"): 1e-10,  # every loss of a run, over the run's largest
    ("float64", "buffer"): 1e-10,  # after the first loss
    ("float64", "slot"): 1e-10,  # of the optimizer, at the end of the run
    ("float64", "parameter"): 1e-10,  # at the end of the run
    ("float32", "output"): 1e-5,
    ("float32", "loss"): 1e-5,
    ("float32", "gradient"): 1e-5,
    ("float32", "trajectory"): 1e-5,
    ("float32", "buffer"): 1e-5,  # after the first loss
    ("float32", "slot"): 1e-5,  # of the optimizer, at the end of the run
    ("float32", "parameter"): 1e-5,
}
"""(precision, quantity) -> the largest error that counts as agreement. Errors are
`max|a - b| / max(max|b|, tiny)`; below float32 they are ratios: see `rounding_ratio`."""
LOW = ("bfloat16", "float16")
RATIO = 2.0
"""What `rounding_ratio` may be: our rounding no worse than twice PyTorch's own."""
TOLERANCES |= {
    (precision, quantity): RATIO
    for precision in LOW
    for quantity in ("output", "loss", "gradient", "buffer")
}


def rounding_ratio(*arrays: tuple[ArrayLike, ArrayLike, ArrayLike]) -> float:
    """`‖ours − exact‖ / ‖low − exact‖`: our rounding, in units of PyTorch's own.

    Several arrays count alike, whatever their scale: each is divided by the norm of its `exact`.

    Args:
        arrays: (ours, low, exact): ours, PyTorch's in the same precision, PyTorch's of the same
            numbers in float32; the three of one shape.

    Raises:
        ValueError: the shapes differ.
    """
    import numpy as np

    ours = own = 0.0
    for three in arrays:
        a, b, c = (np.asarray(x).astype(np.float64) for x in three)
        if not a.shape == b.shape == c.shape:
            raise ValueError(f"cannot compare shape {a.shape} with {b.shape}")
        scale = float(np.linalg.norm(c)) or 1.0
        # Where PyTorch happens to round nothing, its rounding is half a unit of the last place.
        half = 2.0**-9 if str(np.asarray(three[1]).dtype) == "bfloat16" else 2.0**-12
        ours += (float(np.linalg.norm(a - c)) / scale) ** 2
        own += max(float(np.linalg.norm(b - c)) / scale, half * bool(c.any())) ** 2
    return 0.0 if ours == 0 else float(np.sqrt(ours / own)) if own else float("inf")


def relative_error(a: ArrayLike, b: ArrayLike, floor: float = 0.0) -> float:
    """`max|a - b| / max(max|b|, tiny)`: 0 for equal arrays, infinite where a number meets a NaN.

    Nothing is lost in a cast: complex numbers are compared as such, integers and truth values
    exactly, however large.

    Args:
        a: what is checked, any shape.
        b: what it should be, same shape.
        floor: the least to divide by.

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
        scale = max(np.max(np.abs(b)), floor, float(np.finfo(np.float32).tiny))
        error = np.max(np.abs(a - b)) / scale
    return float(error) if np.isfinite(float(error)) else float("inf")


def gradient_floor(gradients: Iterable[ArrayLike]) -> float:
    """What errors of gradients are at least taken over: a hundredth of the largest of all.

    The gradient of a bias before a batch normalisation is 0, and what either framework has there is
    rounding: over itself it would be all wrong.
    """
    import numpy as np

    return max((float(np.max(np.abs(g), initial=0.0)) for g in gradients), default=0.0) / 100


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
