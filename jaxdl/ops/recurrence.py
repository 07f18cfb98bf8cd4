"""One recurrence over a batch of sequences, in loops that a CPU is fast at.

Against one `jax.lax.scan` over the padded batch:

- Padding costs little. The sequences are sorted by length and cut into groups, and a group's loop
  ends with its longest (`jaxdl.ops.packing`).
- The backward loop makes the gradients of the gates alone. What they mean for the kernels and the
  input are a few large matrix products over all rows, afterwards.
- Every gate has an array of its own. XLA vectorises what runs over whole arrays; where gates are
  cut out of one array, it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from jaxdl.ops import derivative
from jaxdl.ops.packing import CHUNK, Packing, pack, rows_at, unpack

Arrays: TypeAlias = tuple[Array, ...]
Cell: TypeAlias = Mapping[str, Array]


class Gates(NamedTuple):
    """What one step of a recurrence does with x W_ih + b_ih and h W_hh + b_hh.

    Of most gates only the sum of both counts. Of the last `apart` gates they stand apart.
    """

    next: Callable[[Arrays, Arrays, Arrays], Arrays]
    """(sums, the state's shares of the gates apart, state) -> next state: for a gate apart, the
    sum is the input's share alone."""
    apart: int = 0

    def step(self, projected: Arrays, hidden: Arrays, state: Arrays) -> Arrays:
        """The next state, from both shares of every gate."""
        summed = len(projected) - self.apart
        sums = tuple(a + b for a, b in zip(projected[:summed], hidden[:summed], strict=True))
        return self.next(sums + projected[summed:], hidden[summed:], state)


def look_up(table: Float[Array, "numbers size"], x: Int[Array, "*shape"]) -> Array:
    """The rows x of a table: NaN where there is none, for numbers below 0, too."""
    return table.at[x].get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)


def recurrence(
    gates: Gates,
    cell: Cell,
    x: Float[Array, "rows input"],
    state: tuple[Float[Array, "batch hidden"], ...],
    packed: Packing | None,
    reverse: bool = False,
    numbers: Int[Array, " rows"] | None = None,
) -> tuple[Float[Array, "rows hidden"], tuple[Float[Array, "batch hidden"], ...]]:
    """Run a recurrence over sequences, h' = gates(x W_ih + b_ih, h W_hh + b_hh, h).

    Args:
        gates: the same functions in every call, or all is compiled anew.
        cell: kernel_ih (input, gates·hidden), kernel_hh, and perhaps bias_ih, bias_hh.
        x: `pack`'s.
        state: before the first step; the first of its arrays is h, the others go along.
        packed: the packing of x; None: all sequences have all steps.
        reverse: from the last real step of each sequence to the first.
        numbers: the inputs are rows of a table, these ones. Then x is that table, multiplied by
            W_ih and with b_ih added already, and `cell` has neither: what there is to multiply are
            the rows of the table, not all the steps.

    Returns:
        h after every step, in rows as x, and the state after the last one.
    """
    algorithm = _Recurrence(gates, reverse)
    return derivative.run(algorithm, (dict(cell), x, tuple(state)), (packed, numbers))


class _Recurrence(NamedTuple):
    """See `jaxdl.ops.derivative.Algorithm`."""

    gates: Gates
    reverse: bool

    def plain(self, x: Any, data: Any) -> Any:
        """One `jax.lax.scan` over padded sequences."""
        (cell, rows, state), (packed, numbers) = x, data
        count = cell["kernel_hh"].shape[1] // cell["kernel_hh"].shape[0]
        batch = len(state[0])
        rows = rows @ cell["kernel_ih"] if numbers is None else look_up(rows, numbers)
        projected = _plus(unpack(rows, packed, batch), cell.get("bias_ih"))
        real = None
        if packed is not None:
            steps = jnp.arange(len(projected), dtype=jnp.int32)
            real = steps[:, None, None] < packed.lengths[None, :, None]  # (seq, batch, 1)

        def one(state: Arrays, inputs: tuple[Array, Array | None]) -> tuple[Arrays, Array]:
            projected, real = inputs
            hidden = _plus(state[0] @ cell["kernel_hh"], cell.get("bias_hh"))
            new = self.gates.step(_split(projected, count), _split(hidden, count), state)
            if real is None:
                return new, new[0]
            kept = tuple(jnp.where(real, a, b) for a, b in zip(new, state, strict=True))
            return kept, jnp.where(real, new[0], 0)

        last, output = jax.lax.scan(one, state, (projected, real), reverse=self.reverse)
        return pack(output, packed), last

    def forward(self, x: Any, data: Any) -> Any:
        (cell, x, state), (packed, numbers) = x, data
        loops = _Loops(packed, cell, len(x) if numbers is None else len(numbers), state)
        kernels = _by_gate(cell, "kernel_hh")
        count, summed = len(kernels), len(kernels) - self.gates.apart
        # The state's bias of a gate of which the sum counts is added to the input's share.
        apart = _by_gate(cell, "bias_hh")
        early = apart[:summed] + (None,) * self.gates.apart if apart else ()
        table = (
            () if numbers is None else tuple(map(_plus, _split(x, count), early or (None,) * count))
        )
        # (group, hidden): what is added in the loop needs no broadcasting there.
        apart = tuple(jnp.broadcast_to(b, (loops.group, len(b))) for b in apart[summed:])

        def project(x: Array) -> tuple[Arrays, tuple[()]]:
            shares = _split(_plus(x @ cell["kernel_ih"], cell.get("bias_ih")), count)
            shares = [_plus(share, bias) for share, bias in _pairs(shares, early)]
            return tuple(shares), ()

        def step(row: Any, real: Any, state: Arrays, found: Arrays) -> tuple[Arrays, ...]:
            if numbers is None:
                found = found + loops.read(projected[summed:], row)
            else:
                (inside,) = loops.read((numbers,), row)
                found = tuple(look_up(rows, inside) for rows in table)
            hidden = [state[0] @ kernel for kernel in kernels]
            shares = tuple(_plus(y, bias) for y, bias in _pairs(hidden[summed:], apart))
            sums = tuple(map(jnp.add, found[:summed], hidden[:summed])) + found[summed:]
            new = self.gates.next(sums, shares, state)
            output = new[0] if real is None else jnp.where(real, new[0], 0)
            if real is not None:
                new = tuple(jnp.where(real, a, b) for a, b in zip(new, state, strict=True))
            if numbers is None:
                return new, sums[:summed], (output, *state, *shares)
            return new, (), (output, *state, *shares, *sums)

        others = 1 + len(state) + self.gates.apart
        if numbers is None:  # the sums take the places of the input's shares
            projected, _ = loops.products(project, (x,), [loops.hidden] * count)
            written = loops.rows([loops.hidden] * others)
            last, edited, written = loops.run(
                step, state, projected[:summed], written, self.reverse
            )
            sums = edited + projected[summed:]
        else:
            written = loops.rows([loops.hidden] * (others + count))
            last, _, written = loops.run(step, state, (), written, self.reverse)
            sums = written[others:]
        output, before = written[0], written[1 : 1 + len(state)]
        shares = written[1 + len(state) : others]
        return (output, last), (sums, shares, before)

    def backward(self, x: Any, data: Any, saved: Any, cotangent: Any) -> Any:
        (cell, x, state), (packed, numbers) = x, data
        sums, shares, before = saved
        by_output, by_last = cotangent
        loops = _Loops(packed, cell, len(by_output), state, used=16)
        kernel = cell["kernel_hh"].T  # (gates·hidden, hidden)
        summed = len(sums) - self.gates.apart

        def step(row: Any, real: Any, by_state: Arrays, found: Arrays) -> tuple[Arrays, ...]:
            inputs = found[: len(sums)], found[len(sums) :], loops.read(before, row)
            _, pull = jax.vjp(self.gates.next, *inputs)
            (output,) = loops.read((by_output,), row)
            by_new = (by_state[0] + output, *by_state[1:])
            if real is not None:
                by_new = tuple(jnp.where(real, slope, 0) for slope in by_new)
            by_sums, by_shares, by_before = pull(by_new)
            by_hidden = jnp.concatenate(by_sums[:summed] + by_shares, axis=-1)
            by_before = (by_before[0] + by_hidden @ kernel, *by_before[1:])
            if real is not None:
                by_before = tuple(
                    jnp.where(real, a, b) for a, b in zip(by_before, by_state, strict=True)
                )
            return by_before, by_sums + by_shares, ()

        # The gates' gradients take the places of their values.
        by_state, by_gates, _ = loops.run(step, by_last, sums + shares, (), not self.reverse)
        by_gates = loops.end(by_gates)

        def product(x_part: Array, h: Array, by_gates: Arrays) -> tuple[Arrays, Any]:
            by_sums, by_shares = by_gates[: len(sums)], by_gates[len(sums) :]
            by_hidden = jnp.concatenate(by_sums[:summed] + by_shares, axis=-1)
            found = {"kernel_hh": h.T @ by_hidden, "bias_hh": jnp.sum(by_hidden, 0)}
            by_sums = jnp.concatenate(by_sums, axis=-1)  # (rows, gates·hidden)
            if numbers is not None:
                table = jnp.zeros_like(x).at[x_part]
                found["table"] = table.add(by_sums, mode="drop", wrap_negative_indices=False)
                return (), found
            found |= {"kernel_ih": x_part.T @ by_sums, "bias_ih": jnp.sum(by_sums, 0)}
            return (by_sums @ cell["kernel_ih"].T,), found

        rows, sizes = (x, [x.shape[1]]) if numbers is None else (numbers, [])
        by_rows, found = loops.products(product, (rows, before[0], by_gates), sizes)
        by_cell = {name: found[name] for name in cell}
        return by_cell, by_rows[0] if by_rows else found["table"], by_state


def _by_gate(cell: Cell, name: str) -> Arrays:
    """A kernel or a bias cut into its gates; () where there is none."""
    if name not in cell:
        return ()
    return _split(cell[name], cell[name].shape[-1] // len(cell["kernel_hh"]))


def _split(array: Array, count: int) -> Arrays:
    return tuple(jnp.split(array, count, axis=-1))


def _pairs(arrays: Any, biases: Any) -> Any:
    return zip(arrays, biases or (None,) * len(arrays), strict=True)


def _plus(y: Array, bias: Array | None) -> Array:
    return y if bias is None else y + jnp.broadcast_to(bias, y.shape)


class _Loops:
    """The loops over the rows of one packing."""

    def __init__(
        self, packed: Packing | None, cell: Cell, count: int, state: Arrays, used: int = 0
    ):
        self.packed, self.count, self.kernel = packed, count, cell["kernel_hh"].reshape(-1)
        self.used = used
        self.group = len(state[0]) if packed is None else packed.order.shape[1]
        self.hidden = state[0].shape[1]
        self.whole = packed is None or self.count <= CHUNK  # one product over all rows
        if packed is not None:
            self.total = packed.start[-1] + packed.steps[-1] * self.group  # rows with a real step
            self.chunks = (self.total + CHUNK - 1) // CHUNK

    def rows(self, sizes: list[int]) -> Arrays:
        """Arrays to write into.

        Each begins as another number, whichever: XLA makes one array of those that begin alike,
        and copies it.
        """
        first, self.used = self.used, self.used + len(sizes)
        return tuple(
            jnp.broadcast_to(self.kernel[(first + i) % len(self.kernel)], (self.count, size))
            for i, size in enumerate(sizes)
        )

    def read(self, arrays: Arrays, row: Any, size: int | None = None) -> Arrays:
        return tuple(
            jax.lax.dynamic_slice_in_dim(array, row, size or self.group) for array in arrays
        )

    def write(self, arrays: Arrays, values: Arrays, row: Any) -> Arrays:
        return tuple(
            jax.lax.dynamic_update_slice_in_dim(array, value, row, 0)
            for array, value in zip(arrays, values, strict=True)
        )

    def run(
        self, step: Any, state: Arrays, edited: Arrays, written: Arrays, reverse: bool
    ) -> tuple[Arrays, Arrays, Arrays]:
        """All steps, one after the other.

        Args:
            step: (first row, mask of the real steps or None, state, rows of `edited`)
                -> (state, what takes the place of those rows, rows of `written`).
            state: before; each array is (batch, hidden).
            edited, written: arrays of rows.
        """

        def one(row: Any, real: Any, carry: Any) -> Any:
            state, edited, late, before, written = carry
            row = jnp.asarray(row, jnp.int32)  # a Python integer under `jax.disable_jit`
            # What the last step found is written now, so that all of this step's reading comes
            # after it: where one array is read and written side by side, XLA copies it whole.
            edited = self.write(edited, late, before)
            state, late, values = step(row, real, state, self.read(edited, row))
            return state, edited, late, row, self.write(written, values, row)

        row = jnp.int32(0)  # as all row numbers, also where JAX's default is int64
        carry = edited, self.read(edited, row), row, written
        if self.packed is None:
            steps = self.count // self.group

            def whole(i: Any, carry: Any) -> Any:
                return one((steps - 1 - i if reverse else i) * self.group, None, carry)

            last, *carry = jax.lax.fori_loop(0, steps, whole, (state, *carry))
        else:
            last, *carry = self._groups(one, state, carry, reverse)
        edited, late, row, written = carry
        return last, self.write(edited, late, row), written

    def _groups(self, one: Any, state: Arrays, carry: Any, reverse: bool) -> Any:
        assert self.packed is not None
        packed = self.packed
        lengths = jnp.broadcast_to(
            packed.sorted[..., None], (*packed.sorted.shape, self.hidden)
        )  # as large as a state: comparing needs no broadcasting in the loop

        def of_group(g: Any, carry: Any) -> Any:
            last, *carry = carry
            steps, start = packed.steps[g], packed.start[g]

            def at(i: Any, carry: Any) -> Any:
                step = steps - 1 - i if reverse else i
                return one(start + step * self.group, step < lengths[g], carry)

            inside = tuple(leaf[g] for leaf in last)
            inside, *carry = jax.lax.fori_loop(0, steps, at, (inside, *carry))
            last = tuple(a.at[g].set(b) for a, b in zip(last, inside, strict=True))
            return last, *carry

        state = tuple(rows_at(leaf, packed.order) for leaf in state)  # (groups, group, hidden)
        last, *carry = jax.lax.fori_loop(0, len(packed.order), of_group, (state, *carry))
        place = jnp.argsort(packed.order.reshape(-1))[: len(packed.lengths)]
        return tuple(leaf.reshape(-1, self.hidden)[place] for leaf in last), *carry

    def end(self, arrays: Arrays) -> Arrays:
        """Zeros behind the last real row, so that whole chunks can be summed over."""
        if self.packed is None:
            return arrays
        first, size = (0, self.count) if self.whole else ((self.chunks - 1) * CHUNK, CHUNK)
        real = (first + jnp.arange(size, dtype=jnp.int32))[:, None] < self.total
        last = (jnp.where(real, part, 0) for part in self.read(arrays, first, size))
        return self.write(arrays, tuple(last), first)

    def products(self, product: Any, arrays: Any, sizes: list[int]) -> tuple[Arrays, Any]:
        """Large products over all rows, in chunks of rows.

        Args:
            product: rows of all arrays -> (rows of new arrays, sums over the rows).
            arrays: arrays of rows.
            sizes: of the new arrays' rows.
        """
        if self.whole:
            return product(*arrays)

        def part(i: Any) -> tuple[Arrays, Any]:
            return product(*jax.tree.map(lambda a: self.read((a,), i * CHUNK, CHUNK)[0], arrays))

        def chunk(i: Any, carry: tuple[Arrays, Any]) -> tuple[Arrays, Any]:
            rows, sums = part(i)
            return self.write(carry[0], rows, i * CHUNK), jax.tree.map(jnp.add, carry[1], sums)

        _, like = jax.eval_shape(part, 0)
        sums = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), like)
        return jax.lax.fori_loop(0, self.chunks, chunk, (self.rows(sizes), sums))
