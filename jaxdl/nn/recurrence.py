"""Recurrent layers over whole sequences, stacked and in both directions: RNN, GRU, LSTM.

Parameters are `{"l0": cell, "l0_reverse": cell, "l1": cell, …}`, each cell as in `jaxdl.nn.cells`:
their names say how many layers there are and whether they run both ways.

Sequences of different lengths share one padded array. On a CPU they are packed, and run through the
loops of `jaxdl.ops.recurrence` (`_Packed`). Elsewhere, and inside `jaxdl.ops.xla()`, a layer is
one matrix product over all time steps and one `jax.lax.scan` over the states with a mask
(`_Padded`): beyond its length a sequence keeps its state and puts out 0; the reverse scan begins in
the padding, keeps the initial state through it, and so starts at the last real step.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Int

from jaxdl.nn.cells import (
    GRU_GATES,
    LSTM_GATES,
    AnyArray,
    Gates,
    GivenState,
    Parameters,
    State,
    initial_state,
    project_input,
    rnn_gates,
    sizes_of,
    take_step,
)
from jaxdl.nn.checks import check_dropout
from jaxdl.ops.choice import fast
from jaxdl.ops.packing import pack, pack_numbers, packing, unpack
from jaxdl.ops.recurrence import look_up, recurrence

DIRECTIONS = ("", "_reverse")


def rnn(
    params: Mapping[str, Parameters],
    x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
    state: Float[AnyArray, "... hidden"] | None = None,
    *,
    lengths: Int[AnyArray, "..."] | None = None,
    batch_first: bool = False,
    dropout: float = 0.0,
    key: Any = None,
    embedding: Float[AnyArray, "numbers input"] | None = None,
    nonlinearity: str = "tanh",
) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
    """Elman's recurrence over sequences; the step is `rnn_cell`'s.

    Args:
        params: {"l0": cell, "l0_reverse": cell, "l1": …}.
        x: (seq, batch, input), with batch_first (batch, seq, input), or one sequence (seq, input).
        state: the state before the first step, (layers·directions, batch, hidden), without the
            batch for one sequence, layer by layer and forward before reverse; None: zeros.
        lengths: the real steps of each sequence, integers (batch,) in any order, from 1 to seq.
            What x holds beyond them reaches no state, no output and no gradient, even NaN.
            None: all of seq. Traced lengths cannot be checked: 0 or less leaves the state as it
            was and puts out zeros, more than seq counts as seq.
        batch_first: x and the output have the batch first; the state never has.
        dropout: in training, the share of each layer's output, but the last one's, that the next
            layer sees as 0; the rest is multiplied by 1 / (1 - dropout).
        key: of the dropout: the mask between layers k and k+1 is drawn with fold_in(key, k).
            None: evaluation, nothing is dropped.
        embedding: x are integers, without the last axis, and stand for these vectors. Up to
            rounding x = embedding[x], but the vectors are multiplied by the first layer's kernel
            once each, and not once a step.
        nonlinearity: "tanh" or "relu".

    Returns:
        The last layer's states at every step, (seq, batch, directions·hidden), laid out as x and 0
        beyond the lengths; and the states after the last real step of each sequence (the first, in
        reverse), shaped as `state`.

    Raises:
        ValueError: a shape, a length, the dropout or the nonlinearity is not as said above.

    References:
        Equals `torch.nn.RNN`; with lengths, between `pack_padded_sequence(enforce_sorted=False)`
        and `pad_packed_sequence(total_length=seq)`.
    """
    states = None if state is None else (state,)
    gates = rnn_gates(nonlinearity)
    output, (h,) = _stack(
        gates, "rnn", params, x, states, lengths, batch_first, dropout, key, embedding
    )
    return output, h


def gru(
    params: Mapping[str, Parameters],
    x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
    state: Float[AnyArray, "... hidden"] | None = None,
    *,
    lengths: Int[AnyArray, "..."] | None = None,
    batch_first: bool = False,
    dropout: float = 0.0,
    key: Any = None,
    embedding: Float[AnyArray, "numbers input"] | None = None,
) -> tuple[Float[Array, "... output"], Float[Array, "... hidden"]]:
    """Gated recurrent units over sequences; the step is `gru_cell`'s.

    Args:
        params, x, state, lengths, batch_first, dropout, key, embedding: as in `rnn`.

    Returns:
        Output and state as in `rnn`.

    Raises:
        ValueError: a shape, a length or the dropout is not as `rnn` says.

    References:
        Equals `torch.nn.GRU`.
    """
    states = None if state is None else (state,)
    output, (h,) = _stack(
        GRU_GATES, "gru", params, x, states, lengths, batch_first, dropout, key, embedding
    )
    return output, h


def lstm(
    params: Mapping[str, Parameters],
    x: Float[AnyArray, "... input"] | Int[AnyArray, "..."],
    state: tuple[Float[AnyArray, "... hidden"], Float[AnyArray, "... hidden"]] | None = None,
    *,
    lengths: Int[AnyArray, "..."] | None = None,
    batch_first: bool = False,
    dropout: float = 0.0,
    key: Any = None,
    embedding: Float[AnyArray, "numbers input"] | None = None,
) -> tuple[
    Float[Array, "... output"], tuple[Float[Array, "... hidden"], Float[Array, "... hidden"]]
]:
    """Long short-term memory over sequences; the step is `lstm_cell`'s.

    Args:
        params, x, lengths, batch_first, dropout, key, embedding: as in `rnn`; a cell may have a
            `kernel_hr`, which projects h: PyTorch's proj_size.
        state: (h, c), each as in `rnn`; None: zeros.

    Returns:
        The output as in `rnn`, of the h alone; and (h, c), each as in `rnn`.

    Raises:
        ValueError: a shape, a length or the dropout is not as `rnn` says.

    References:
        Equals `torch.nn.LSTM`.
    """
    output, (h, c) = _stack(
        LSTM_GATES, "lstm", params, x, state, lengths, batch_first, dropout, key, embedding
    )
    return output, (h, c)


def _stack(
    gates: Gates,
    kind: str,
    params: Mapping[str, Parameters],
    x: AnyArray,
    state: GivenState,
    lengths: AnyArray | None,
    batch_first: bool,
    dropout: float,
    key: Any,
    embedding: AnyArray | None,
) -> tuple[Array, State]:
    layers, directions, sizes = _layout(params, kind)
    table = None if embedding is None else jnp.asarray(embedding)
    x, lengths, batched = _inputs(params, x, lengths, batch_first, table)
    check_dropout(dropout)
    batch = x.shape[1:2] if batched else ()
    leading = (layers * len(directions), *batch)
    state = initial_state(state, kind, leading, sizes, params["l0"]["kernel_hh"].dtype)
    if not batched:
        state = tuple(leaf[:, None] for leaf in state)

    vectors = x if table is None else table
    one_dtype = len({leaf.dtype for leaf in (vectors, *state, *jax.tree.leaves(params))}) == 1
    projects = "kernel_hr" in params["l0"]
    packs = fast() and one_dtype and x.shape[1] and not projects
    kind_of_scan = _Packed if packs else _Padded
    scan = kind_of_scan(x, lengths, table)
    y, last = scan.x, []
    for layer in range(layers):
        if layer and dropout and key is not None:
            y = scan.drop(y, dropout, jax.random.fold_in(key, layer - 1))
        outputs = []
        for direction in directions:
            start = tuple(leaf[len(last)] for leaf in state)
            cell = params[f"l{layer}{direction}"]
            output, end = scan(gates, cell, y, start, reverse=bool(direction))
            last.append(end)
            outputs.append(output)
        y = jnp.concatenate(outputs, axis=-1)  # (…, directions·hidden)

    output, state = scan.padded(y), tuple(jnp.stack(leaves) for leaves in zip(*last, strict=True))
    if not batched:
        return output[:, 0], tuple(leaf[:, 0] for leaf in state)
    return output.swapaxes(0, 1) if batch_first else output, state


class _Padded:
    """One `jax.lax.scan` a direction, over (seq, batch, size), with a mask."""

    def __init__(self, x: Array, lengths: Array | None, table: Array | None):
        x = x if table is None else look_up(table, x)
        self.real = None
        if lengths is not None:
            self.real = jnp.arange(len(x))[:, None, None] < lengths[None, :, None]
            # Zeros first: what is only masked at the end still gives 0·NaN = NaN in the gradient.
            x = jnp.where(self.real, x, 0)
        self.x = x

    def __call__(
        self, gates: Gates, cell: Parameters, x: Array, state: State, reverse: bool
    ) -> tuple[Array, State]:
        def one(state: State, inputs: tuple[Array, Array | None]) -> tuple[State, Array]:
            projected, real = inputs
            new = take_step(gates, cell, projected, state)
            if real is None:
                return new, new[0]
            frozen = tuple(jnp.where(real, a, b) for a, b in zip(new, state, strict=True))
            return frozen, jnp.where(real, new[0], 0)

        inputs = (project_input(cell, x), self.real)
        last, output = jax.lax.scan(one, state, inputs, reverse=reverse)
        return output, last

    def drop(self, x: Array, dropout: float, key: Any) -> Array:
        return _drop(x, dropout, key)

    def padded(self, x: Array) -> Array:
        return x


class _Packed:
    """The loops of `jaxdl.ops.recurrence`, over rows without padding."""

    def __init__(self, x: Array, lengths: Array | None, table: Array | None):
        if table is not None and x.size < len(table):  # fewer to multiply than the table has
            x, table = look_up(table, x), None
        self.batch, self.table = x.shape[1], table
        self.packing = None if lengths is None else packing(lengths, len(x))
        self.x = (pack if table is None else pack_numbers)(x, self.packing)

    def __call__(
        self, gates: Gates, cell: Parameters, x: Array, state: State, reverse: bool
    ) -> tuple[Array, State]:
        arrays, numbers = {name: jnp.asarray(leaf) for name, leaf in cell.items()}, None
        if x.ndim == 1:  # numbers of vectors, which are multiplied here, once each
            assert self.table is not None
            x, numbers = project_input(cell, self.table), x
            arrays = {name: leaf for name, leaf in arrays.items() if name.endswith("_hh")}
        return recurrence(gates, arrays, x, state, self.packing, reverse, numbers)

    def drop(self, x: Array, dropout: float, key: Any) -> Array:
        # The mask is drawn for the padded array: it is the same on every platform.
        return pack(_drop(self.padded(x), dropout, key), self.packing)

    def padded(self, x: Array) -> Array:
        return unpack(x, self.packing, self.batch)


def _drop(x: Array, dropout: float, key: Any) -> Array:
    keep = jax.random.bernoulli(key, 1 - dropout, x.shape)
    scale = 1 / (1 - dropout) if dropout < 1 else 0.0  # all is dropped: not 0·inf
    return jnp.where(keep, x * scale, 0)


def _layout(
    params: Mapping[str, Parameters], kind: str
) -> tuple[int, tuple[str, ...], tuple[int, int]]:
    """Number of layers, directions, and sizes of state and cell, from the parameters' shapes."""
    directions = DIRECTIONS if any(name.endswith(DIRECTIONS[1]) for name in params) else ("",)
    layers = len(params) // len(directions)
    wanted = [f"l{layer}{direction}" for layer in range(layers) for direction in directions]
    if set(params) != set(wanted) or not wanted:
        raise ValueError(
            f"parameters are named l0, l1, … and in both directions l0_reverse, l1_reverse, …, "
            f"got {', '.join(sorted(params)) or 'none'}"
        )
    sizes = sizes_of(params["l0"], kind, "l0")
    for name in wanted:
        features = params["l0"]["kernel_ih"].shape[0]
        if not name.startswith("l0"):
            features = len(directions) * sizes[0]
        own = sizes_of(params[name], kind, name)
        found = (params[name]["kernel_ih"].shape[0], own[1])
        if found != (features, sizes[1]) or own != sizes:
            raise ValueError(
                f"{name} has (input size, hidden size) {found}, expected {(features, sizes[1])}"
                + (f", and a state of {own[0]}, expected {sizes[0]}" if own[0] != sizes[0] else "")
            )
    return layers, directions, sizes


def _inputs(
    params: Mapping[str, Parameters],
    x: AnyArray,
    lengths: AnyArray | None,
    batch_first: bool,
    table: Array | None,
) -> tuple[Array, Array | None, bool]:
    """x as (seq, batch, input) or (seq, batch), the lengths (batch,), whether there is a batch."""
    x, features = jnp.asarray(x), params["l0"]["kernel_ih"].shape[0]
    axes = "batch, seq" if batch_first else "seq, batch"
    if table is None:
        if x.ndim not in (2, 3) or x.shape[-1] != features:
            raise ValueError(
                f"x has shape {x.shape}, expected ({axes}, {features}) or (seq, {features})"
            )
        batched = x.ndim == 3
    else:
        if x.ndim not in (1, 2) or not jnp.issubdtype(x.dtype, jnp.integer):
            raise ValueError(
                f"with an embedding x are integers ({axes}) or (seq,), got {x.dtype} {x.shape}"
            )
        if table.ndim != 2 or table.shape[1] != features:
            raise ValueError(
                f"the embedding has shape {table.shape}, expected (numbers, {features})"
            )
        batched = x.ndim == 2
    if not batched:
        x = x[:, None]
    elif batch_first:
        x = x.swapaxes(0, 1)
    seq, batch = x.shape[:2]
    if seq == 0:
        raise ValueError("x has 0 steps, expected at least 1")
    if lengths is not None:
        lengths = _checked(lengths, (batch,) if batched else (), seq).reshape(batch)
    return x, lengths, batched


def _checked(lengths: AnyArray, shape: tuple[int, ...], seq: int) -> Array:
    """The lengths in JAX's default integer dtype."""
    known = None if isinstance(lengths, Tracer) else np.asarray(lengths)
    found = lengths if known is None else known
    if found.shape != shape or not jnp.issubdtype(found.dtype, jnp.integer):
        raise ValueError(
            f"lengths are {found.dtype} of shape {found.shape}, expected integers of shape {shape}"
        )
    if known is not None and (wrong := known[(known < 1) | (known > seq)]).size:
        raise ValueError(f"lengths must be from 1 to {seq}, the steps of x, got {wrong[0]}")
    return jnp.asarray(found).astype(int)
