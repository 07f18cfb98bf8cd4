"""PyTorch's CPU generator: one mt19937 stream, and what each call takes from it."""

import operator

import numpy as np
from jaxtyping import Float, Int64, UInt32, UInt64
from numpy.typing import DTypeLike

from jaxdl.replay.boxmuller import BLOCK, block_normals, normal_pair
from jaxdl.replay.fma import fma
from jaxdl.replay.sizes import shape_of, size_of

# From this range on a modulo of 32 bits would be skewed, and `randint` takes 64 bits a value.
RANDINT_64_BITS = 2**28
# From this size on `randperm` takes 64 bits a value, in another order: the only path left out.
RANDPERM_LIMIT = (2**32 - 1) // 20


class Generator:
    """The stream of `torch.Generator().manual_seed(seed)` and of `torch.manual_seed(seed)`.

    `seed` is an int in [-2**63, 2**64); ValueError otherwise. `dtype` is float32 or float64,
    ValueError otherwise, and decides how many bits a value takes. Bounds, means and deviations are
    exact where they are 0 or between 1e-250 and 1e290 in magnitude. A size that is negative is a
    ValueError, one that is no integer a TypeError, and nothing is drawn.
    """

    def __init__(self, seed: int):
        self.manual_seed(seed)

    def manual_seed(self, seed: int) -> "Generator":
        """Starts the stream of `seed`, no normal pending (`torch.Generator.manual_seed`)."""
        seed = operator.index(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"seed must be in [-2**63, 2**64), got {seed}")
        # The engine keeps the low 32 bits: 5 and 2**32 + 5 start the same stream.
        self._engine = np.random.RandomState(seed & 0xFFFF_FFFF)
        self._pending: float | None = None
        return self

    def random(self, n: int) -> UInt32[np.ndarray, " n"]:
        """The next `n` words of the engine (`CPUGeneratorImpl::random`)."""
        return self._engine.randint(0, 2**32, size_of(n, "n"), np.uint32)

    def random64(self, n: int) -> UInt64[np.ndarray, " n"]:
        """`n` values of two words each, high word first (`CPUGeneratorImpl::random64`)."""
        words = self.random(2 * size_of(n, "n")).astype(np.uint64)
        return words[0::2] << np.uint64(32) | words[1::2]

    def random63(self, n: int) -> Int64[np.ndarray, " n"]:
        """`n` values in [0, 2**63) (`torch.empty(n, dtype=torch.int64).random_()`)."""
        return (self.random64(n) & np.uint64(2**63 - 1)).astype(np.int64)

    def rand(self, *shape: int, dtype: DTypeLike = np.float32) -> Float[np.ndarray, "..."]:
        """Uniform in [0, 1): 24 bits of a word, or 53 of two (`torch.rand`)."""
        shape, n = shape_of(shape)
        if _floating(dtype) is np.float32:
            values = (self.random(n) & np.uint32(2**24 - 1)).astype(np.float32) * 2.0**-24
        else:
            values = (self.random64(n) & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53
        return values.reshape(shape)

    def uniform(
        self, shape: tuple[int, ...], low: float, high: float, dtype: DTypeLike = np.float32
    ) -> Float[np.ndarray, "..."]:
        """Uniform in [low, high) (`Tensor.uniform_`); ValueError unless low <= high fit `dtype`."""
        dtype = _floating(dtype)
        largest = float(np.finfo(dtype).max)
        if not (-largest <= low <= high <= largest and high - low <= largest):
            raise ValueError(f"low <= high, both {dtype.__name__}, is required: {low}, {high}")
        bottom, top = dtype(low), dtype(high)
        values = fma(self.rand(*shape, dtype=dtype), top - bottom, bottom, dtype)
        # A value rounded up to `high` becomes `low` (PyTorch 2.13; 2.11 let it be).
        return np.where(values == top, bottom, values)

    def randn(self, *shape: int, dtype: DTypeLike = np.float32) -> Float[np.ndarray, "..."]:
        """Standard normal (`torch.randn`)."""
        return self.normal(shape, dtype=dtype)

    def normal(
        self,
        shape: tuple[int, ...],
        mean: float = 0.0,
        std: float = 1.0,
        dtype: DTypeLike = np.float32,
    ) -> Float[np.ndarray, "..."]:
        """Normal (`Tensor.normal_`); ValueError unless std >= 0.

        Fewer than 16 values come one by one in float64; the second of a pair waits for the next
        such call, whatever its dtype. 16 or more come in blocks of 16 and leave the waiting one be.
        """
        dtype = _floating(dtype)
        if not std >= 0:
            raise ValueError(f"std must not be negative, got {std}")
        shape, n = shape_of(shape)
        if n < BLOCK:
            normals = np.array([self._next_normal() for _ in range(n)])
            return fma(normals, std, mean, np.float64).astype(dtype).reshape(shape)
        values = self.rand(n, dtype=dtype)
        whole = n - n % BLOCK
        values[:whole] = block_normals(values[:whole])
        if whole < n:  # the remainder is not a short block: the last 16 are drawn anew
            values[-BLOCK:] = block_normals(self.rand(BLOCK, dtype=dtype))
        return fma(values, std, mean, dtype).reshape(shape)

    def _next_normal(self) -> float:
        if self._pending is not None:
            value, self._pending = self._pending, None
            return value
        value, self._pending = normal_pair(*self.rand(2, dtype=np.float64).tolist())
        return value

    def randint(self, low: int, high: int, shape: tuple[int, ...]) -> Int64[np.ndarray, "..."]:
        """Integers in [low, high) (`torch.randint`); ValueError unless low < high, both int64."""
        low, high = operator.index(low), operator.index(high)
        if not -(2**63) <= low < high < 2**63:
            raise ValueError(f"low < high, both int64, is required: {low}, {high}")
        (shape, n), span = shape_of(shape), high - low
        words = self.random64(n) if span >= RANDINT_64_BITS else self.random(n).astype(np.uint64)
        values = words % np.uint64(span) + np.uint64(low % 2**64)  # int64 addition, modulo 2**64
        return values.view(np.int64).reshape(shape)

    def randperm(self, n: int) -> Int64[np.ndarray, " n"]:
        """A permutation of 0 … n - 1 by Fisher and Yates's shuffle (`torch.randperm`).

        ValueError unless 0 <= n < 214748364 (there PyTorch starts to shuffle in another way).
        """
        if (n := size_of(n, "n")) >= RANDPERM_LIMIT:
            raise ValueError(f"n must be in [0, {RANDPERM_LIMIT}), got {n}")
        position = np.arange(n - 1)
        chosen = position + self.random(max(n - 1, 0)) % (n - position)
        order = list(range(n))
        for i, j in enumerate(chosen.tolist()):
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.int64)


def _floating(dtype: DTypeLike) -> type[np.float32] | type[np.float64]:
    scalar = np.dtype(dtype).type
    if scalar is np.float32 or scalar is np.float64:
        return scalar
    raise ValueError(f"dtype must be float32 or float64, got {scalar.__name__}")
