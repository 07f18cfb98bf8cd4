"""Poolings that are told how many windows there are, not how large they are or where they begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jaxdl.nn.geometry import dimensions, each
from jaxdl.nn.places import largest, taken
from jaxdl.nn.pooling import Values, avg_pool, max_pool


def adaptive_max_pool(
    inputs: Values, output_size: Sequence[int | None], *, return_indices: bool = False
) -> Any:
    """The largest number of each of so many windows, which overlap where they do not fit exactly.

    The i-th of m windows in n pixels goes from ⌊i n / m⌋ to ⌈(i + 1) n / m⌉.

    Args:
        inputs: (…, *dimensions, channels).
        output_size: windows in each dimension; None: as many as there are pixels.
        return_indices: as in `max_pool`.

    Raises:
        ValueError: a size is no integer from 1 on.

    References:
        Equals `torch.nn.functional.adaptive_max_pool1d`, `adaptive_max_pool2d` and
        `adaptive_max_pool3d`.
    """
    sizes, counts = _adaptive(inputs, output_size)
    if not return_indices and (window := _exact(sizes, counts)):
        return max_pool(inputs, window)
    found = largest(inputs, [_spread(*along) for along in zip(sizes, counts, strict=True)])
    return found if return_indices else found[0]


def adaptive_avg_pool(inputs: Values, output_size: Sequence[int | None]) -> Values:
    """The mean of each of so many windows, as in `adaptive_max_pool`.

    Args:
        inputs, output_size: as in `adaptive_max_pool`.

    Raises:
        ValueError: as in `adaptive_max_pool`.

    References:
        Equals `torch.nn.functional.adaptive_avg_pool1d`, `adaptive_avg_pool2d`,
        `adaptive_avg_pool3d`, and `interpolate` in mode "area".
    """
    sizes, counts = _adaptive(inputs, output_size)
    if window := _exact(sizes, counts):
        return avg_pool(inputs, window)
    for axis, (size, count) in enumerate(zip(sizes, counts, strict=True), -len(sizes) - 1):
        axis += inputs.ndim
        pixel, there = _spread(size, count)
        after = (1,) * (inputs.ndim - axis - 1)
        parts = taken(inputs, pixel, axis)  # (…, count, places, …)
        mask = there.reshape((1,) * axis + (*there.shape, *after))
        total = jnp.sum(jnp.where(mask, parts, jnp.zeros_like(parts)), axis + 1)
        share = (1 / there.sum(1)).reshape((1,) * axis + (count, *after))
        inputs = total * share.astype(inputs.dtype)
    return inputs


def fractional_max_pool(
    inputs: Float[Array, "n *dimensions channels"],
    window_shape: Sequence[int],
    samples: Float[Array, "n channels rank"],
    *,
    output_size: Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
) -> Any:
    """The largest number of each of so many windows, whose places are drawn for every channel.

    Args:
        inputs: (n, *dimensions, channels), of two or three dimensions.
        window_shape: a number for each dimension.
        samples: from [0, 1): `jax.random.uniform(key, (n, channels, rank), inputs.dtype)`. As in
            PyTorch the first is the width's where there are two dimensions, the depth's where there
            are three.
        output_size: windows in each dimension.
        output_ratio: the same as a share of the pixels; one of the two must be given.
        return_indices: as in `max_pool`.

    Raises:
        ValueError: both sizes or none are given, windows do not fit, or the samples have another
            shape.

    References:
        Graham, Fractional Max-Pooling, 2014. Equals `torch.nn.FractionalMaxPool2d` and
        `FractionalMaxPool3d`, which take the samples as `_random_samples`.
    """
    rank = len(window_shape)
    window = each("window_shape", window_shape, rank, 1)
    sizes = dimensions(inputs, rank, "pooling")
    if (output_size is None) == (output_ratio is None):
        raise ValueError("either output_size or output_ratio must be given, as in PyTorch")
    if output_size is None:
        ratios = np.broadcast_to(np.asarray(output_ratio, float), rank).tolist()
        output_size = [int(size * ratio) for size, ratio in zip(sizes, ratios, strict=True)]
    counts = each("output_size", output_size, rank, 1)
    if any(c + w - 1 > n for c, w, n in zip(counts, window, sizes, strict=True)):
        raise ValueError(f"{counts} windows of {window} do not fit into {sizes} pixels")
    wanted = (*inputs.shape[:1], inputs.shape[-1], rank)
    if inputs.ndim != rank + 2 or samples.shape != wanted:
        raise ValueError(
            f"samples must be (n, channels, {rank}) for inputs (n, *dimensions, channels), "
            f"got {samples.shape} for {inputs.shape}"
        )
    samples = samples.astype(inputs.dtype)[..., ::-1] if rank == 2 else samples.astype(inputs.dtype)

    def one(image: Array, sample: Array) -> tuple[Array, Array]:  # (*dimensions,), (rank,)
        tables = []
        for n, w, count, u in zip(sizes, window, counts, sample, strict=True):
            alpha = np.asarray((n - w) / max(count - 1, 1), inputs.dtype)
            index = jnp.arange(count).astype(inputs.dtype)
            start = jnp.trunc((index + u) * alpha) - jnp.trunc(u * alpha)
            start = start.astype(int).at[-1].set(n - w)
            tables.append((start[:, None] + np.arange(w)[None], np.ones((count, w), bool)))
        values, indices = largest(image[..., None], tables)
        return values[..., 0], indices[..., 0]

    of_channels = jax.vmap(one, in_axes=(-1, 0), out_axes=-1)
    found = jax.vmap(of_channels)(inputs, samples)
    return found if return_indices else found[0]


def _adaptive(
    inputs: Array, output_size: Sequence[int | None]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes, and how many windows there are along each."""
    sizes = dimensions(inputs, len(output_size), "pooling")
    given = [
        size if count is None else count for size, count in zip(sizes, output_size, strict=True)
    ]
    return sizes, each("output_size", given, len(sizes), 1)


def _exact(sizes: tuple[int, ...], counts: tuple[int, ...]) -> tuple[int, ...] | None:
    """The window, where all are of one size and next to each other."""
    if any(size % count or not size for size, count in zip(sizes, counts, strict=True)):
        return None
    return tuple(size // count for size, count in zip(sizes, counts, strict=True))


def _spread(size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which pixel is at each place of each window, and whether the window reaches so far."""
    window = np.arange(count)
    start, end = window * size // count, -(-(window + 1) * size // count)
    pixel = start[:, None] + np.arange(max(end - start))
    return pixel.clip(0, size - 1), pixel < end[:, None]
