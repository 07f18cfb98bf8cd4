"""Convolution with fewer multiplications: Winograd's algorithm, for 5 × 5 kernels.

The image is cut into overlapping tiles of 8 × 8 pixels, which give 4 × 4 results each. A tile and a
kernel are both taken to 8 × 8 numbers that multiply one by one, so that 64 products do the work of
400, and each is a matrix product over channels and tiles. What takes them there and back are sums
of a few pixels: along the height, then along the width.

    result = Aᵀ [(G kernel Gᵀ) · (Bᵀ tile B)] A

Source: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the matrices
are Toom and Cook's, from the points below. It rounds more coarsely than a sum of products does.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental.layout import Layout, with_layout_constraint
from jaxtyping import Array

KERNEL, RESULTS, TILE = 5, 4, 8  # pixels a side: TILE = KERNEL + RESULTS - 1
POINTS = (0, 1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2))  # and infinity

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]


@cache
def matrices() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Aᵀ (RESULTS, TILE), G (TILE, KERNEL), Bᵀ (TILE, TILE)."""
    at = [[Fraction(p) ** i for p in POINTS] + [int(i == RESULTS - 1)] for i in range(RESULTS)]
    g, bt = [], []
    for point in POINTS:
        others = [p for p in POINTS if p != point]
        row = [*_product(others), Fraction(0)]
        whole = max(number.denominator for number in row)  # so that the row is of integers
        scale = whole * prod([Fraction(point) - p for p in others])
        g.append([Fraction(point) ** k / scale for k in range(KERNEL)])
        bt.append([number * whole for number in row])
    row = _product(POINTS)
    whole = max(number.denominator for number in row)
    g.append([Fraction(0)] * (KERNEL - 1) + [Fraction(1, whole)])
    bt.append([number * whole for number in row])
    return np.array(at, float), np.array(g, float), np.array(bt, float)


def _product(roots: Sequence[Any]) -> list[Fraction]:
    """Coefficients of the product of all x - root, from that of x⁰ on."""
    found = [Fraction(1)]
    for root in roots:
        found = [
            left - root * right
            for left, right in zip([0, *found], [*found, Fraction(0)], strict=True)
        ]
    return found


def forward(image: Array, kernel: Array, pads: Pads, precision: Any) -> tuple[Array, Array]:
    """The result (kernels, h, w, n), and the transformed tiles (TILE², channels, …).

    Args:
        image: (channels, H, W, n).
        kernel: (5, 5, channels, kernels).
        pads: of 0 around the image's height and width.
        precision: of the products.
    """
    channels, _, _, n = image.shape
    (h, w), (down, across) = _sizes(image, pads)
    at, _, bt = matrices()
    # What makes the image would else be free to make it in the order of the batch.
    image = with_layout_constraint(image, Layout((0, 1, 2, 3)))
    (top, _), (left, _) = pads
    bottom = down * RESULTS + KERNEL - 1 - image.shape[1] - top
    right = across * RESULTS + KERNEL - 1 - image.shape[2] - left
    image = jnp.pad(image, ((0, 0), (top, bottom), (left, right), (0, 0)))
    tiles = jnp.stack(_sums(bt, _every(image, TILE, down, 1)))  # (TILE, channels, …)
    tiles = jnp.stack(_sums(bt, _every(tiles, TILE, across, 3)))  # (TILE, TILE, channels, …)
    tiles = tiles.reshape(TILE * TILE, channels, -1)
    y = _matmul(_transformed(kernel, precision), tiles, (1, 1), precision)
    y = y.reshape(TILE, TILE, -1, down, across, n)
    y = jnp.stack(_sums(at, y), 4).reshape(TILE, -1, down, across * RESULTS, n)
    y = jnp.stack(_sums(at, y), 2).reshape(-1, down * RESULTS, across * RESULTS, n)
    return y[:, :h, :w], tiles


def backward(
    image: Array, kernel: Array, pads: Pads, precision: Any, tiles: Array, dy: Array
) -> tuple[Array, Array]:
    """The gradients by the image and by the kernel: each line of `forward`, transposed."""
    channels, H, W, n = image.shape
    (h, w), (down, across) = _sizes(image, pads)
    at, _, bt = matrices()
    dy = jnp.pad(dy, ((0, 0), (0, down * RESULTS - h), (0, across * RESULTS - w), (0, 0)))
    dy = jnp.stack(_sums(at.T, _every(dy, RESULTS, down, 1)))
    dy = jnp.stack(_sums(at.T, _every(dy, RESULTS, across, 3)))
    dy = dy.reshape(TILE * TILE, -1, down * across * n)

    dkernel = _matmul(tiles, dy, (2, 2), precision).reshape(TILE * TILE, -1)
    dkernel = jnp.dot(_both_ways(kernel.dtype).T, dkernel, precision=precision)
    dtiles = _matmul(_transformed(kernel, precision), dy, (2, 1), precision)
    dtiles = dtiles.reshape(TILE, TILE, channels, down, across, n)
    dx = _overlapped(_sums(bt.T, dtiles), 3)
    dx = _overlapped(_sums(bt.T, dx), 1)
    (top, _), (left, _) = pads
    return dx[:, top : top + H, left : left + W], dkernel.reshape(kernel.shape)


def _sizes(image: Array, pads: Pads) -> tuple[Pair, Pair]:
    """Height and width of the result, and of its tiles' grid."""
    sides = zip(image.shape[1:3], pads, strict=True)
    h, w = (size + sum(pad) - KERNEL + 1 for size, pad in sides)
    return (h, w), (-(-h // RESULTS), -(-w // RESULTS))


def _matmul(a: Array, b: Array, contracted: Pair, precision: Any) -> Array:
    dimensions = (((contracted[0],), (contracted[1],)), ((0,), (0,)))
    return lax.dot_general(a, b, dimensions, precision)


def _transformed(kernel: Array, precision: Any) -> Array:
    """(5, 5, channels, kernels) -> (TILE², channels, kernels), by width, then height."""
    flat = kernel.reshape(KERNEL * KERNEL, -1)
    found = jnp.dot(_both_ways(kernel.dtype), flat, precision=precision)
    return found.reshape(TILE * TILE, *kernel.shape[2:])


def _both_ways(dtype: Any) -> Array:
    """G for both axes at once, (TILE², KERNEL²): one small product instead of two."""
    _, g, _ = matrices()
    found = np.einsum("ui,vj->vuij", g, g)
    return jnp.asarray(found.reshape(TILE * TILE, KERNEL * KERNEL), dtype)


def _every(x: Array, places: int, tiles: int, axis: int) -> list[Array]:
    """For each of the places in a tile the pixels that stand there, one of every tile."""
    last = RESULTS * (tiles - 1) + 1
    return [lax.slice_in_dim(x, i, i + last, RESULTS, axis) for i in range(places)]


def _sums(matrix: np.ndarray, parts: Sequence[Array] | Array) -> list[Array]:
    """The product of a matrix of constants with a vector of arrays; its zeros cost nothing."""
    found = []
    for row in matrix:
        terms = [
            part if number == 1 else part * np.asarray(number, part.dtype)
            for number, part in zip(row, parts, strict=True)
            if number
        ]
        found.append(sum(terms[1:], terms[0]))
    return found


def _overlapped(places: list[Array], axis: int) -> Array:
    """The transpose of `_every` for whole tiles: their sum, each pixel where it was taken from."""
    shape = [*places[0].shape]
    shape[axis] *= RESULTS
    halves = (places[:RESULTS], places[RESULTS:])  # the later half stands in the next tile
    first, later = (jnp.stack(half, axis + 1).reshape(shape) for half in halves)
    before, after = ([(0, 0)] * len(shape) for _ in halves)
    before[axis], after[axis] = (RESULTS, 0), (0, RESULTS)
    return jnp.pad(first, after) + jnp.pad(later, before)
