"""Sequences of different lengths without their padding, where the lengths are data.

PyTorch's `pack_padded_sequence` puts all first steps before all second ones. Here the sequences are
sorted by length and cut into groups of `GROUP`; a group has as many steps as its longest sequence,
and its rows, one for each step and sequence, stand behind the rows of the group before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from jaxdl.ops import derivative

GROUP = 32  # sequences that go through a loop together
CHUNK = 256  # rows of one matrix product, where their number is known at run time only


class Packing(NamedTuple):
    """Where the steps of sequences of different lengths stand when padding is left out."""

    lengths: Int[Array, " batch"]
    order: Int[Array, "groups group"]  # the sequences, longest first; `batch` where there is none
    sorted: Int[Array, "groups group"]  # their lengths
    steps: Int[Array, " groups"]  # of each group's longest
    start: Int[Array, " groups"]  # a group's first row
    there: Int[Array, " rows"]  # which (step, sequence), counted row by row, stands in a row
    back: Int[Array, "seq batch"]  # in which row a step of a sequence stands; `rows`: in none


def packing(lengths: Int[Array, " batch"], seq: int) -> Packing:
    """The packing of sequences of these lengths, each 0 to seq."""
    batch = len(lengths)
    lengths = jnp.clip(lengths, 0, seq).astype(jnp.int32)
    size = min(GROUP, batch)
    order = jnp.argsort(-lengths).astype(jnp.int32)
    order = jnp.pad(order, (0, -batch % size), constant_values=batch).reshape(-1, size)
    ordered = lengths.at[order].get(mode="fill", fill_value=0)
    steps = ordered[:, 0]
    start = (jnp.cumsum(steps, dtype=jnp.int32) - steps) * size
    rows = seq * order.size
    # A chunk that begins with a real row ends inside the array.
    rows = rows if rows <= CHUNK else (rows // CHUNK + 1) * CHUNK
    # The k-th of the sorted sequences stands in group k // size, in its lane k % size.
    place = jnp.arange(order.size, dtype=jnp.int32)
    first = (
        jnp.zeros(batch, jnp.int32)
        .at[order.reshape(-1)]
        .set(start[place // size] + place % size, mode="drop")
    )
    step = jnp.arange(seq, dtype=jnp.int32)[:, None]
    back = jnp.where(step < lengths[None], first[None] + step * size, rows)  # (seq, batch)
    there = jnp.full(rows, seq * batch, jnp.int32)
    cells = jnp.arange(seq * batch, dtype=jnp.int32)
    there = there.at[back.reshape(-1)].set(cells, mode="drop")
    return Packing(lengths, order, ordered, steps, start, there, back)


def pack(x: Float[Array, "seq batch size"], packed: Packing | None) -> Float[Array, "rows size"]:
    """The real steps row by row; rows without one are 0. None: all steps are real."""
    flat = x.reshape(-1, x.shape[-1])
    if packed is None:
        return flat
    return derivative.run(_Take(), flat, (packed.there, packed.back.reshape(-1)))


def pack_numbers(x: Int[Array, "seq batch"], packed: Packing | None) -> Int[Array, " rows"]:
    """As `pack`, of integers."""
    return x.reshape(-1) if packed is None else rows_at(x.reshape(-1), packed.there)


def unpack(
    rows: Float[Array, "rows size"], packed: Packing | None, batch: int
) -> Float[Array, "seq batch size"]:
    """The inverse of `pack`, 0 in the padding."""
    if packed is not None:
        rows = derivative.run(_Take(), rows, (packed.back.reshape(-1), packed.there))
    return rows.reshape(-1, batch, rows.shape[-1])


class _Take(NamedTuple):
    """Rows by index, no row twice: the gradient is rows by index, too, and not a slow scatter."""

    def plain(self, x: Array, data: tuple[Array, Array]) -> Array:
        return rows_at(x, data[0])

    def forward(self, x: Array, data: tuple[Array, Array]) -> tuple[Array, tuple[()]]:
        return self.plain(x, data), ()

    def backward(self, x: Array, data: Any, saved: tuple[()], cotangent: Array) -> Array:
        return rows_at(cotangent, data[1])


def rows_at(x: Array, index: Array) -> Array:
    """Rows by index; 0 where there is none."""
    return x.at[index].get(mode="fill", fill_value=0)
