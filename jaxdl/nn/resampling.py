"""Images of another size: enlarged, cut into patches, pixels made of channels; and flattening.

The channels stand last; where several numbers of one pixel become channels, or the other way round,
their order is PyTorch's, in which the channel is the first and slowest index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from jaxdl.nn.geometry import Sizes, around, dimensions, each

Image = Float[Array, "... h w channels"]
RANKS = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}


def upsample(
    inputs: Float[Array, "n *dimensions channels"],
    size: Sizes | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool = False,
    recompute_scale_factor: bool = False,
) -> Float[Array, "n *new channels"]:
    """The image, or line, or volume in another size, each pixel made of those next to it.

    With a `scale_factor` the size is its floor, and the factor itself says where pixels are, unless
    it is recomputed from the size: 2.5 times 3 pixels are 7, each 0.4 of an old one.
    `jax.image.resize` makes smaller images smooth, which PyTorch does with `antialias` alone.

    In mode "nearest", with a `scale_factor` that gives as many pixels or twice as many without
    being 1 or 2, PyTorch contradicts itself: its gradient, and its values in `channels_last`
    memory, are those of 1 or 2. Here both are those of its values in plain memory.

    Args:
        inputs: (n, *dimensions, channels).
        size: pixels in each dimension, or in all; or
        scale_factor: how many times as many.
        mode: "nearest", which is a pixel off for some sizes, "nearest-exact", "linear", "bilinear"
            or "trilinear" by the dimensions, or "bicubic".
        align_corners: the corners' pixels stay where they are, instead of the corners.
        recompute_scale_factor: take the size alone, as if it had been given.

    Raises:
        ValueError: both sizes or none are given, or the mode is another or of other dimensions.

    References:
        Equals `torch.nn.functional.interpolate` without `antialias`, and `torch.nn.Upsample`; mode
        "area" is `jaxdl.nn.adaptive_avg_pool`.
    """
    rank = inputs.ndim - 2
    if mode not in (*RANKS, "nearest", "nearest-exact"):
        raise ValueError(f"mode must be nearest, nearest-exact or {', '.join(RANKS)}, got {mode!r}")
    if rank < 1 or RANKS.get(mode, rank) != rank:
        raise ValueError(
            f"PyTorch's mode {mode!r} is for {RANKS.get(mode, '1 to 3')} dimensions, here "
            f"(n, *dimensions, channels); got shape {inputs.shape}"
        )
    if (size is None) == (scale_factor is None):
        raise ValueError("either size or scale_factor must be given, as in PyTorch")
    if align_corners and mode not in RANKS:
        raise ValueError(f"PyTorch's mode {mode!r} has no align_corners")
    factors = np.broadcast_to(np.asarray(scale_factor or 1, float), rank).tolist()
    old = dimensions(inputs, rank, "resampling")
    if size is None:
        size = [math.floor(pixels * factor) for pixels, factor in zip(old, factors, strict=True)]
    new = each("size", size, rank, 1)
    by_size = scale_factor is None or recompute_scale_factor
    for axis, (before, after, factor) in enumerate(zip(old, new, factors, strict=True), 1):
        step = before / after if by_size else 1 / factor
        pixels, weights = _taps(mode, before, after, step, align_corners)
        if weights is None:
            inputs = jnp.take(inputs, pixels[:, 0], axis)
            continue
        shape = (1,) * axis + (after,) + (1,) * (inputs.ndim - axis - 1)
        inputs = sum(
            (
                jnp.take(inputs, pixel, axis) * weight.reshape(shape).astype(inputs.dtype)
                for pixel, weight in zip(pixels.T, weights.T, strict=True)
            ),
            start=jnp.zeros((), inputs.dtype).reshape((1,) * inputs.ndim),
        )
    return inputs


def _taps(
    mode: str, before: int, after: int, step: float, align_corners: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """For every new pixel the old ones and their weights, (after, taps); None: the only one's."""
    index = np.arange(after)
    if mode in ("nearest", "nearest-exact"):
        place = (index + (0.5 if mode == "nearest-exact" else 0)) * step
        pixel = np.floor(place.astype(np.float32)).astype(int)  # as PyTorch rounds it
        return pixel.clip(0, before - 1)[:, None], None
    if align_corners:
        place = index * ((before - 1) / (after - 1) if after > 1 else 0.0)
    else:
        place = (index + 0.5) * step - 0.5
    if mode != "bicubic":
        place = index.astype(float) if after == before else place.clip(0)
        low = np.floor(place).astype(int).clip(None, before - 1)
        part = (place - low).clip(0, 1)
        pixels = np.stack([low, (low + 1).clip(None, before - 1)], 1)
        return pixels, np.stack([1 - part, part], 1)
    low = np.floor(place).astype(int).clip(None, before - 1)
    part = (place - low).clip(0, 1)
    near = lambda x: (1.25 * x - 2.25) * x * x + 1  # noqa: E731
    far = lambda x: ((-0.75 * x + 3.75) * x - 6) * x + 3  # noqa: E731
    weights = np.stack([far(part + 1), near(part), near(1 - part), far(2 - part)], 1)
    return (low[:, None] + np.arange(-1, 3)).clip(0, before - 1), weights


def pixel_shuffle(inputs: Image, upscale_factor: int) -> Image:
    """(…, h, w, c·r²) -> (…, h·r, w·r, c). Equals `torch.nn.PixelShuffle`.

    Raises:
        ValueError: r² does not divide the channels.
    """
    (r,) = each("upscale_factor", upscale_factor, 1, 1)
    h, w = dimensions(inputs, 2, "pixel shuffle")
    channels = inputs.shape[-1]
    if channels % r**2:
        raise ValueError(
            f"upscale_factor {r} makes {r**2} pixels of as many channels, PyTorch's second axis "
            f"and here the last; it has {channels}"
        )
    x = inputs.reshape(*inputs.shape[:-1], channels // r**2, r, r)  # (…, h, w, c, r, r)
    x = jnp.moveaxis(x, (-2, -1), (-4, -2))  # (…, h, r, w, r, c)
    return x.reshape(*inputs.shape[:-3], h * r, w * r, channels // r**2)


def pixel_unshuffle(inputs: Image, downscale_factor: int) -> Image:
    """(…, h·r, w·r, c) -> (…, h, w, c·r²). Equals `torch.nn.PixelUnshuffle`.

    Raises:
        ValueError: r does not divide height and width.
    """
    (r,) = each("downscale_factor", downscale_factor, 1, 1)
    h, w = dimensions(inputs, 2, "pixel unshuffle")
    if h % r or w % r:
        raise ValueError(f"downscale_factor {r} must divide height {h} and width {w}")
    x = inputs.reshape(*inputs.shape[:-3], h // r, r, w // r, r, inputs.shape[-1])
    x = jnp.moveaxis(x, (-4, -2), (-2, -1))  # (…, h, w, c, r, r)
    return x.reshape(*x.shape[:-3], -1)


def channel_shuffle(inputs: Float[Array, "... channels"], groups: int) -> Array:
    """The channels in another order: the first of every group, then the second of every group.

    Equals `torch.nn.ChannelShuffle`.

    Raises:
        ValueError: the groups do not divide the channels.
    """
    (groups,) = each("groups", groups, 1, 1)
    channels = inputs.shape[-1]
    if channels % groups:
        raise ValueError(f"{groups} groups must divide the {channels} channels, the last axis")
    x = inputs.reshape(*inputs.shape[:-1], groups, channels // groups)
    return jnp.swapaxes(x, -1, -2).reshape(inputs.shape)


def unfold(
    inputs: Image,
    window_shape: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    strides: Sizes = 1,
) -> Float[Array, "... windows numbers"]:
    """Every window of an image as a row: channels, then height, then width.

    Args:
        inputs: (…, h, w, channels).
        window_shape, dilation, padding, strides: a number, or one each for height and width.

    Raises:
        ValueError: a size is no integer, or no window fits.

    References:
        Equals `torch.nn.Unfold`, whose axes are (n, numbers, windows).
    """
    window = each("window_shape", window_shape, 2, 1)
    holes, step = each("dilation", dilation, 2, 1), each("strides", strides, 2, 1)
    pads = [(pad, pad) for pad in each("padding", padding, 2)]
    dimensions(inputs, 2, "unfolding")
    x = lax.pad(inputs, jnp.zeros((), inputs.dtype), around(inputs, pads))
    last = [n - (k - 1) * d for n, k, d in zip(x.shape[-3:-1], window, holes, strict=True)]
    if min(last) < 1:
        raise ValueError(f"a window {window}, dilated {holes}, does not fit into {x.shape[-3:-1]}")
    parts = [
        x[..., i * holes[0] :, j * holes[1] :, :][..., : last[0] : step[0], : last[1] : step[1], :]
        for i, j in product(*map(range, window))
    ]
    y = jnp.stack(parts, -1)  # (…, h, w, channels, places)
    return y.reshape(*y.shape[:-4], y.shape[-4] * y.shape[-3], -1)


def fold(
    inputs: Float[Array, "... windows numbers"],
    output_size: Sizes,
    window_shape: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    strides: Sizes = 1,
) -> Image:
    """The image of which `unfold` would make so many windows, those that overlap added up.

    Args:
        inputs: (…, windows, channels · numbers of a window).
        output_size: height and width.
        window_shape, dilation, padding, strides: as in `unfold`.

    Raises:
        ValueError: as in `unfold`, or the inputs have other sizes.

    References:
        Equals `torch.nn.Fold`, whose axes are (n, numbers, windows).
    """
    height, width = each("output_size", output_size, 2, 1)
    places = math.prod(each("window_shape", window_shape, 2, 1))
    shape = (*inputs.shape[:-2], height, width, inputs.shape[-1] // places)
    like = jax.ShapeDtypeStruct(shape, inputs.dtype)

    def forward(image: Array) -> Array:
        return unfold(image, window_shape, dilation, padding, strides)

    wanted = jax.eval_shape(forward, like).shape
    if wanted != inputs.shape:
        raise ValueError(
            f"an image of {height} × {width} has windows of shape {wanted[-2:]}, (windows, "
            f"numbers), PyTorch's the other way round; got {inputs.shape[-2:]}"
        )
    (image,) = jax.linear_transpose(forward, like)(inputs)
    return image


def flatten_channels_first(inputs: Float[Array, "n *dimensions channels"]) -> Array:
    """(n, *dimensions, channels) -> (n, numbers), in PyTorch's order: channels, then dimensions.

    A `Linear` behind it has PyTorch's weights, without `parity.linear_after_flatten`. Equals
    `torch.nn.Flatten`.
    """
    return jnp.moveaxis(inputs, -1, 1).reshape(inputs.shape[0], -1)


def unflatten_channels_first(inputs: Float[Array, "n numbers"], shape: Sequence[int]) -> Array:
    """(n, numbers) in PyTorch's order -> (n, *dimensions, channels): the way back.

    Args:
        inputs: such as a `Linear`'s output.
        shape: (*dimensions, channels). PyTorch's `Unflatten(1, (channels, *dimensions))`.
    """
    *sizes, channels = shape
    x: Any = inputs.reshape(inputs.shape[0], channels, *sizes)
    return jnp.moveaxis(x, 1, -1)
