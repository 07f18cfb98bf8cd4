"""Box and Muller's transform as PyTorch's CPU kernels compute it, to the last bit.

Pairs and float64 blocks go through the C library's log, sin and cos. float32 blocks go through the
polynomials of Cephes's `logf` and `sincosf`, which PyTorch evaluates on AVX2 registers, where the
compiler fuses every product that feeds a sum.
"""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from jaxdl.replay.fma import fma

BLOCK = 16  # eight radii, then eight angles


def normal_pair(u1: float, u2: float) -> tuple[float, float]:
    """Two normals from two uniforms in [0, 1) (ATen's `normal_distribution<double>`)."""
    radius = math.sqrt(-2.0 * math.log1p(-u2))
    angle = 2.0 * math.pi * u1
    return radius * math.cos(angle), radius * math.sin(angle)


def block_normals(uniforms: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """`n` normals from `n` uniforms in [0, 1), `n` a multiple of 16 (ATen's `NormalFill16`)."""
    dtype = uniforms.dtype.type
    log, sincos = (_log32, _sincos32) if dtype is np.float32 else (_log64, _sincos64)
    u1, u2 = np.moveaxis(uniforms.reshape(-1, 2, BLOCK // 2), 1, 0)
    radius = np.sqrt(dtype(-2) * log(1 - u1))
    sine, cosine = sincos(dtype(2 * math.pi) * u2)
    return np.stack([radius * cosine, radius * sine], axis=1).reshape(-1)


def _log64(x: np.ndarray) -> np.ndarray:
    return _each(math.log, x)


def _sincos64(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return _each(math.sin, x), _each(math.cos, x)


def _each(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    # The C library, value by value: NumPy's vectorised log, sin and cos differ in the last bit.
    return np.fromiter(map(function, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)


_LOG = (7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)  # fmt: skip
_LOG_2 = (0.693359375, -2.12194440e-4)  # log 2 in two parts, the first exact when scaled
_SQRT_HALF = np.float32(0.707106781186547524)
_SIN = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_QUARTER_PI = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)  # π/4 in three parts
_FOUR_OVER_PI = np.float32(1.27323954473516)


def _log32(x: np.ndarray) -> np.ndarray:
    mantissa, exponent = np.frexp(x)  # x = mantissa 2^exponent, mantissa in [1/2, 1)
    small = mantissa < _SQRT_HALF
    exponent = (exponent - small).astype(np.float32)
    x = np.where(small, mantissa + mantissa, mantissa) - np.float32(1)  # exact
    # log(1 + x) = x - x²/2 + x³ P(x)
    square = x * x
    y = fma(_polynomial(_LOG, x) * x, square, exponent * np.float32(_LOG_2[1]), np.float32)
    y = y - np.float32(0.5) * square
    return fma(exponent, _LOG_2[0], x + y, np.float32)


def _sincos32(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    octant = (x * _FOUR_OVER_PI).astype(np.int32) + 1 & ~1  # the nearest even one
    for part in _QUARTER_PI:
        x = fma(octant, -part, x, np.float32)
    square = x * x
    # sin x = x + x³ S(x²) and cos x = 1 - x²/2 + x⁴ C(x²), for |x| <= π/4
    sine = fma(_polynomial(_SIN, square) * square, x, x, np.float32)
    half = np.float32(0.5) * square
    cosine = fma(_polynomial(_COS, square) * square, square, -half, np.float32) + np.float32(1)
    swap = octant & 2 != 0
    negative_sine, negative_cosine = octant & 4 != 0, octant + 2 & 4 != 0
    sine, cosine = np.where(swap, cosine, sine), np.where(swap, sine, cosine)
    return np.where(negative_sine, -sine, sine), np.where(negative_cosine, -cosine, cosine)


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Horner's scheme, highest power first."""
    y = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        y = fma(y, x, coefficient, np.float32)
    return y
