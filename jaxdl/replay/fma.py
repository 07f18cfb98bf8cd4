"""The fused multiply-add, which NumPy lacks: PyTorch's kernels round once where NumPy rounds twice.

Rounding an intermediate result to odd makes a second rounding harmless (Boldo and Melquiond,
"Emulation of a FMA and correctly rounded sums", IEEE Transactions on Computers 57(4), 2008).
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike


def fma(a: ArrayLike, b: ArrayLike, c: ArrayLike, dtype: type) -> Float[np.ndarray, "..."]:
    """`a * b + c` with one rounding, operands taken in `dtype` (float32 or float64) and broadcast.

    Equals C's `fmaf` and `fma`, unless a float64 product or its rounding error over- or underflows.
    """
    a, b, c = (np.asarray(operand, dtype).astype(np.float64) for operand in (a, b, c))
    if dtype is np.float32:
        return _add_to_odd(a * b, c).astype(np.float32)  # 24 + 24 bits: the product is exact
    product, product_error = _multiply(a, b)
    tail, tail_error = _add(c, product_error)
    total, total_error = _add(product, tail)
    fused = total + _add_to_odd(total_error, tail_error)
    return np.where(fused == 0, product + c, fused)  # the sign of zero, which the errors lose


def _add(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rounded sum and its exact error (Knuth's two-sum)."""
    total = a + b
    rest = total - a
    return total, (a - (total - rest)) + (b - rest)


def _add_to_odd(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The sum where it is exact, else its neighbour with an odd last bit."""
    total, error = _add(a, b)
    even = total.view(np.int64) & 1 == 0
    toward = np.copysign(np.inf, error)
    return np.where((error != 0) & even, np.nextafter(total, toward), total)


def _multiply(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rounded product and its exact error (Dekker's two-product)."""
    product = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    return product, a_low * b_low - (
        ((product - a_high * b_high) - a_low * b_high) - a_high * b_low
    )


def _split(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two halves of 26 bits whose products are exact (Veltkamp)."""
    shifted = a * (2.0**27 + 1)
    high = shifted - (shifted - a)
    return high, a - high
