"""Pooling as PyTorch defines it: lines, images and volumes, the channels last.

The number of dimensions is the length of the window or of the output's size; axes before them are
batches, none or more. Plain images go to `jaxdl.ops`. `flax.nnx.max_pool` and `avg_pool` move on by
1 where no stride is given, PyTorch's by the window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int

from jaxdl import ops
from jaxdl.nn.geometry import Sizes, around, count_windows, dimensions, each
from jaxdl.nn.places import largest, put

Values = Float[Array, "... channels"]
Indices = Int[Array, "... channels"]


class _Windows(NamedTuple):
    """Where the windows stand; one number a dimension."""

    window: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    sizes: tuple[int, ...]
    counts: tuple[int, ...]

    def pads(self) -> list[tuple[int, int]]:
        """The padding that the windows reach into; below 0: the pixels they do not reach."""
        return [
            (pad, (count - 1) * stride + dilation * (window - 1) + 1 - size - pad)
            for window, stride, pad, dilation, size, count in zip(*self, strict=True)
        ]

    def pixels(self) -> list[tuple[Any, Any]]:
        """For each dimension which pixel is at each place of each window, and whether it is one."""
        tables = []
        for window, stride, pad, dilation, size, count in zip(*self, strict=True):
            pixel = np.arange(count)[:, None] * stride - pad + np.arange(window) * dilation
            tables.append((pixel.clip(0, size - 1), (pixel >= 0) & (pixel < size)))
        return tables


def _windows(
    inputs: Array,
    window_shape: Sequence[int],
    strides: Sizes | None,
    padding: Sizes,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> _Windows:
    count = len(window_shape)
    window = each("window_shape", window_shape, count, 1)
    step = window if strides is None else each("strides", strides, count, 1)
    pads = each("padding", padding, count)
    holes = each("dilation", dilation, count, 1)
    sizes = dimensions(inputs, count, "pooling")
    along = zip(sizes, window, step, pads, holes, strict=True)
    counts = tuple(count_windows(*numbers, ceil_mode) for numbers in along)
    return _Windows(window, step, pads, holes, sizes, counts)


def max_pool(
    inputs: Values,
    window_shape: Sequence[int],
    strides: Sizes | None = None,
    padding: Sizes = 0,
    *,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest number of each window; of equal ones the gradient goes to the first.

    Args:
        inputs: (…, *dimensions, channels).
        window_shape: a number for each dimension.
        strides: from one window to the next; None: the window.
        padding: pixels of -infinity on both sides.
        dilation: from one pixel of a window to the next.
        ceil_mode: a last window where pixels are left over.
        return_indices: give (values, indices), for `max_unpool`: a pixel's number in the order of
            the dimensions, as PyTorch counts them.

    Raises:
        ValueError: a size is no integer, the padding is more than half the window, or no window
            fits.

    References:
        Equals `torch.nn.functional.max_pool1d`, `max_pool2d` and `max_pool3d`.
    """
    windows = _windows(inputs, window_shape, strides, padding, dilation, ceil_mode)
    if return_indices or max(windows.dilation) > 1:
        found = largest(inputs, windows.pixels())
        return found if return_indices else found[0]
    low = jnp.asarray(-jnp.inf, inputs.dtype)
    reached = lax.pad(inputs, low, around(inputs, windows.pads()))
    return ops.max_pool(reached, windows.window, windows.strides)


def avg_pool(
    inputs: Values,
    window_shape: Sequence[int],
    strides: Sizes | None = None,
    padding: Sizes = 0,
    *,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Values:
    """The mean of each window.

    Args:
        inputs, window_shape, strides, ceil_mode: as in `max_pool`.
        padding: pixels of 0 on both sides.
        count_include_pad: whether the padding is part of the mean. What a window has behind it, by
            `ceil_mode`, never is.
        divisor_override: what the sum is divided by.

    Raises:
        ValueError: as in `max_pool`, or the divisor is 0.

    References:
        Equals `torch.nn.functional.avg_pool1d`, `avg_pool2d` and `avg_pool3d`.
    """
    if divisor_override == 0:
        raise ValueError("divisor_override must not be 0; None: the window's size")
    windows = _windows(inputs, window_shape, strides, padding, 1, ceil_mode)
    zero = jnp.zeros((), inputs.dtype)
    reached = lax.pad(inputs, zero, around(inputs, windows.pads()))
    mean = ops.avg_pool(reached, windows.window, windows.strides)
    whole = math.prod(windows.window)
    if divisor_override is not None:
        return mean * (whole / divisor_override)
    if count_include_pad and not ceil_mode:
        return mean
    share = np.ones(())
    for window, stride, pad, _, size, count in zip(*windows, strict=True):
        start = np.arange(count) * stride - pad
        end = np.minimum(start + window, size + pad)
        if not count_include_pad:
            start, end = start.clip(0), end.clip(None, size)
        share = np.multiply.outer(share, window / (end - start))
    shape = (1,) * (inputs.ndim - len(share.shape) - 1) + (*share.shape, 1)
    return mean * share.reshape(shape).astype(inputs.dtype)


def lp_pool(
    inputs: Values,
    norm_type: float,
    window_shape: Sequence[int],
    strides: Sizes | None = None,
    *,
    ceil_mode: bool = False,
) -> Values:
    """The `norm_type`-th root of each window's sum of powers; infinity: the largest magnitude.

    Where the sum is 0 the gradient is 0. A last window that reaches over the end (`ceil_mode`)
    counts as if it were full of pixels like those that it has, as PyTorch's does.

    Args:
        inputs, window_shape, strides, ceil_mode: as in `max_pool`.
        norm_type: the power; not 0.

    Raises:
        ValueError: as in `max_pool`, or the power is 0.

    References:
        Equals `torch.nn.functional.lp_pool1d`, `lp_pool2d` and `lp_pool3d`.
    """
    if norm_type == 0:
        raise ValueError("norm_type must not be 0: there is no root of that power")
    if math.isinf(norm_type):
        sign = math.copysign(1, norm_type)
        magnitudes = inputs * jnp.sign(inputs)  # jnp.abs has the slope 1 at 0, PyTorch's 0
        pooled = max_pool(sign * magnitudes, window_shape, strides, ceil_mode=ceil_mode)
        return sign * pooled
    power = int(norm_type) if norm_type == int(norm_type) else norm_type
    total = avg_pool(inputs**power, window_shape, strides, ceil_mode=ceil_mode)
    empty = total == 0
    total = jnp.where(empty, jnp.ones_like(total), total) * math.prod(window_shape)
    return jnp.where(empty, jnp.zeros_like(total), total ** (1 / norm_type))


def max_unpool(
    inputs: Values,
    indices: Indices,
    window_shape: Sequence[int],
    strides: Sizes | None = None,
    padding: Sizes = 0,
    *,
    output_size: Sequence[int] | None = None,
) -> Values:
    """The numbers of `max_pool` back at the pixels where they were found, 0 elsewhere.

    Args:
        inputs, indices: what `max_pool` gives out with `return_indices`.
        window_shape, strides, padding: as in `max_pool`.
        output_size: pixels in each dimension; None: the fewest that give so many windows.

    Raises:
        ValueError: the indices have another shape than the inputs.

    References:
        Equals `torch.nn.functional.max_unpool1d`, `max_unpool2d` and `max_unpool3d`.
    """
    rank = len(window_shape)
    window = each("window_shape", window_shape, rank, 1)
    step = window if strides is None else each("strides", strides, rank, 1)
    pads = each("padding", padding, rank)
    sizes = dimensions(inputs, rank, "pooling")
    if indices.shape != inputs.shape:
        raise ValueError(f"indices of shape {indices.shape} for inputs of shape {inputs.shape}")
    along = zip(sizes, window, step, pads, strict=True)
    fewest = [(size - 1) * s - 2 * pad + w for size, w, s, pad in along]
    whole = each("output_size", fewest if output_size is None else output_size, rank, 1)
    before, channels = inputs.shape[: -rank - 1], inputs.shape[-1]
    flat = (math.prod(before), math.prod(sizes), channels)
    y = put(inputs.reshape(flat), indices.reshape(flat), math.prod(whole))
    return y.reshape(*before, *whole, channels)
