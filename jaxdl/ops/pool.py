"""Pooling as the maximum, or the sum, of a window's shifted copies of the image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import lax
from jaxtyping import Array, Float

from jaxdl.ops import derivative
from jaxdl.ops.choice import fast
from jaxdl.ops.conv import (
    HEIGHT,
    WIDTH,
    WORDS,
    Padding,
    Pair,
    are_sizes,
    is_padding,
    overlapped,
    pads_of,
)


def max_pool(
    inputs: Float[Array, "... channels"],
    window_shape: Sequence[int],
    strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
) -> Float[Array, "... channels"]:
    """The largest number of each window, as `flax.nnx.max_pool`.

    Of equal numbers the first one, row by row, is the one that the gradient goes to.

    Args:
        inputs: images, (n, height, width, channels). Lines, volumes, images without n or with other
            axes before them go Flax's way.
        window_shape: height and width, or as many numbers as there are dimensions.
        strides: from one window to the next; None: 1.
        padding: "VALID", "SAME", "SAME_LOWER" or (low, high) for each dimension, with -infinity.

    Raises:
        ValueError: window and strides are not as many numbers from 1 on, the padding is neither a
            word nor as many pairs, or the inputs have fewer dimensions.
    """
    window_shape, strides = _checked(inputs, window_shape, strides, padding)
    real = jnp.issubdtype(inputs.dtype, jnp.floating)
    if not real or not _ours(inputs, window_shape, strides, padding):
        return nnx.max_pool(inputs, window_shape, strides, padding)  # pyright: ignore[reportArgumentType]
    (kh, kw), (sh, sw) = window_shape, strides
    x = _padded(inputs, (kh, kw), (sh, sw), padding, -jnp.inf)
    if (sh, sw) == (kh, kw):  # what is left over at the end belongs to no window
        x = x[:, : x.shape[1] // kh * kh, : x.shape[2] // kw * kw]
    y = derivative.run(_Maximum((kh, kw), (sh, sw)), x, None)
    return y.transpose(3, 1, 2, 0)


def avg_pool(
    inputs: Float[Array, "... channels"],
    window_shape: Sequence[int],
    strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
    count_include_pad: bool = True,
) -> Float[Array, "... channels"]:
    """The mean of each window, as `flax.nnx.avg_pool`.

    Args:
        inputs, window_shape, strides, padding: as in `max_pool`; padded with 0.
        count_include_pad: whether the padding is part of the mean.

    Raises:
        ValueError: as in `max_pool`.
    """
    window_shape, strides = _checked(inputs, window_shape, strides, padding)
    if not count_include_pad or not _ours(inputs, window_shape, strides, padding):
        with jax.numpy_dtype_promotion("standard"):  # Flax divides by an integer
            return nnx.avg_pool(inputs, window_shape, strides, padding, count_include_pad)  # pyright: ignore[reportArgumentType]
    (kh, kw), (sh, sw) = window_shape, strides
    x = _padded(inputs, (kh, kw), (sh, sw), padding, 0.0)
    _, H, W, _ = x.shape
    x = reduce(jnp.add, [x[:, i : H - kh + i + 1 : sh] for i in range(kh)])
    x = reduce(jnp.add, [x[:, :, j : W - kw + j + 1 : sw] for j in range(kw)])
    return (x / (kh * kw)).transpose(3, 1, 2, 0)


def _checked(
    inputs: Array, window: Sequence[int], strides: Sequence[int] | None, padding: Padding
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Window and strides."""
    count = np.size(window)
    strides = (1,) * count if strides is None else strides
    if not count or not are_sizes(window, count) or not are_sizes(strides, count):
        raise ValueError(
            f"window and strides must be as many integers from 1 on, got {window} and {strides}"
        )
    if not is_padding(padding, count):
        words = " or ".join(WORDS)
        raise ValueError(f"padding must be {words} or a pair a dimension, got {padding!r}")
    if inputs.ndim <= count:
        raise ValueError(f"a window {window} has no place in inputs of shape {inputs.shape}")
    return tuple(map(int, window)), tuple(map(int, strides))


def _ours(inputs: Array, window: Any, strides: Any, padding: Padding) -> bool:
    """Whether to take our own algorithms: for images that at least one window fits into."""
    if not fast() or inputs.ndim != 4 or len(window) != 2:
        return False
    pads = pads_of(inputs.shape[1:3], window, strides, padding)
    sizes = zip(inputs.shape[1:3], pads, window, strict=True)
    return all(size + sum(pad) >= length for size, pad, length in sizes)


def _padded(
    inputs: Array, window: Pair, strides: Pair, padding: Padding, value: float
) -> Float[Array, "channels height width n"]:
    """The images with the batch last, and what surrounds them."""
    x = inputs.transpose(3, 1, 2, 0)
    pads = pads_of(x.shape[1:3], window, strides, padding)
    around = [(0, 0, 0), *((low, high, 0) for low, high in pads), (0, 0, 0)]
    return lax.pad(x, jnp.asarray(value, x.dtype), around)


def _places(x: Array, window: Pair, strides: Pair) -> list[list[Array]]:
    """For every place in the window the pixels that stand there, (channels, h, w, n)."""
    (kh, kw), (sh, sw), (_, H, W, _) = window, strides, x.shape
    return [
        [x[:, i : H - kh + i + 1 : sh, j : W - kw + j + 1 : sw] for j in range(kw)]
        for i in range(kh)
    ]


class _Maximum(NamedTuple):
    """The algorithm for the maximum, (channels, H, W, n) -> (channels, h, w, n)."""

    window: Pair
    strides: Pair

    def plain(self, x: Array, data: None) -> Array:
        """As XLA computes it."""
        window, strides = (1, *self.window, 1), (1, *self.strides, 1)
        return lax.reduce_window(x, -jnp.inf, lax.max, window, strides, "VALID")

    def forward(self, x: Array, data: None) -> tuple[Array, Array]:
        """The maximum of each window, as the result and as what `backward` needs."""
        rows = [reduce(jnp.maximum, row) for row in _places(x, self.window, self.strides)]
        y = reduce(jnp.maximum, rows)
        return y, y

    def backward(self, x: Array, data: None, y: Array, dy: Array) -> Array:
        """The gradient, to the first of the largest in each window."""
        found, rows = jnp.zeros(y.shape, bool), []
        for places in _places(x, self.window, self.strides):
            row = []
            for place in places:
                first = (place == y) & ~found
                found |= first
                row.append(jnp.where(first, dy, 0))
            rows.append(row)
        if self.strides == self.window:  # each pixel stands in one window
            return jnp.stack([jnp.stack(row, 3) for row in rows], 2).reshape(x.shape)
        parts = jnp.stack([jnp.stack(row) for row in rows])  # (kh, kw, channels, h, w, n)
        across = overlapped(parts, self.strides[0], x.shape[1], HEIGHT)
        return overlapped(across, self.strides[1], x.shape[2], WIDTH)
