"""What stands at the places of windows wherever they are: the largest of it, and back again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int

Table = tuple[Any, Any]  # (windows, places): which pixel, and whether there is one


def taken(inputs: Array, pixel: Any, axis: int) -> Array:
    """The axis replaced by two: windows, and what stands at the places of each."""
    flat = jnp.take(inputs, jnp.asarray(pixel).reshape(-1), axis, mode="clip")
    return flat.reshape(*inputs.shape[:axis], *pixel.shape, *inputs.shape[axis + 1 :])


def largest(
    inputs: Float[Array, "... channels"], tables: Sequence[Table]
) -> tuple[Float[Array, "... channels"], Int[Array, "... channels"]]:
    """The largest number of each window, of equal ones the first, and its pixel's number.

    Args:
        inputs: (…, *dimensions, channels).
        tables: for each dimension the pixels at the places of each window.
    """
    rank, parts = len(tables), inputs
    first = inputs.ndim - rank - 1
    for i, (pixel, _) in enumerate(tables):
        parts = taken(parts, pixel, first + 2 * i)  # (…, windows, places, …)
    parts = jnp.moveaxis(parts, [first + 2 * i + 1 for i in range(rank)], range(rank))
    there = np.ones((), bool)
    for _, real in tables:
        there = np.logical_and.outer(there, real)
    there = np.moveaxis(there, [2 * i + 1 for i in range(rank)], range(rank))
    places = there.shape[:rank]
    if not there.all():
        mask = there.reshape(*places, *(1,) * first, *there.shape[rank:], 1)
        parts = jnp.where(mask, parts, jnp.full_like(parts, -jnp.inf))
    parts = parts.reshape(-1, *parts.shape[rank:])

    best = jnp.argmax(parts, 0)
    values = jnp.take_along_axis(parts, best[None], 0)[0]
    number = jnp.zeros_like(best)
    for i, (pixel, _) in enumerate(tables):
        place = best // math.prod(places[i + 1 :]) % places[i]
        window = lax.broadcasted_iota(best.dtype, best.shape, first + i)
        number = number * inputs.shape[first + i] + jnp.asarray(pixel)[window, place]
    return values, number


@partial(jax.custom_jvp, nondiff_argnums=(2,))
def put(values: Array, pixels: Array, size: int) -> Array:
    """(n, places, channels) -> (n, size, channels), the values at their pixels, 0 elsewhere.

    Of several at one pixel any may be there; each gets that pixel's gradient, as in PyTorch.
    """
    return _zeros(values, size).at[_where(pixels)].set(values, mode="drop")


@put.defjvp
def _put_jvp(size: int, primals: Any, tangents: Any) -> tuple[Array, Array]:
    values, pixels = primals
    moved = _zeros(values, size).at[_where(pixels)].add(tangents[0], mode="drop")
    return put(values, pixels, size), moved


def _zeros(values: Array, size: int) -> Array:
    return jnp.zeros((values.shape[0], size, values.shape[2]), values.dtype)


def _where(pixels: Array) -> tuple[Array, Array, Array]:
    row, channel = (lax.broadcasted_iota(pixels.dtype, pixels.shape, axis) for axis in (0, 2))
    return row, pixels, channel
