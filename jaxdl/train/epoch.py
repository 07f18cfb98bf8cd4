"""One epoch, two ways: a compiled call for each step, or one compiled call for all steps; and the
first way once more, on examples that are read meanwhile.

All take a pure step `(state, batch) -> (state, loss)` and the order in which the epoch visits the
examples, cut it into batches, the smaller last one included, and leave the loss of every step on
the device. What is drawn for the examples in that order, such as the masks of a dropout, may come
with it: `(order, masks)`, each (n, ...); the batch has these columns after the data's own.

They give the same numbers up to rounding; which is faster depends on the net and the platform. The
state is donated: its memory is reused for the next one, and the old is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import dynamic_slice_in_dim
from jaxtyping import Array, Float, Int

from jaxdl import ops
from jaxdl.train.state import TrainState
from jaxdl.train.stream import Stream

Step = Callable[[TrainState, Any], tuple[TrainState, Float[Array, ""]]]


def epoch_order(key: jax.Array, epoch: int, n: int) -> Int[Array, " n"]:
    """The order of one epoch: every index once, decided by the key and the epoch's number alone."""
    return jax.random.permutation(jax.random.fold_in(key, epoch), n)


def length(order: Any) -> int:
    """Examples that an order visits."""
    return len(jax.tree.leaves(order)[0])


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Batches that n examples make, the smaller last one included."""
    return -(-n // batch_size)


@partial(jax.jit, static_argnames=("step", "size"), donate_argnames=("state", "losses"))
def _one_step(
    step: Step, state: TrainState, losses: Any, data: Any, order: Any, start: int, i: int, size: int
) -> tuple[TrainState, Any]:
    picked = jax.tree.map(lambda column: dynamic_slice_in_dim(column, start, size), order)
    state, value = step(state, _batch(data, picked))
    return state, losses.at[i].set(value)


def cut(order: Any, start: int, stop: int | None = None) -> Any:
    """Some of the examples of an order, and of what comes with it."""
    return jax.tree.map(lambda column: column[start:stop], order)


def _batch(data: Any, picked: Any) -> Any:
    """Those examples, zeros for an index past the last one; then what came with the order."""
    picked, *more = picked if isinstance(picked, tuple) else (picked,)
    batch = jax.tree.map(lambda column: column.at[picked].get(mode="fill", fill_value=0), data)
    return (*batch, *more) if more else batch


def _filled_up(order: Any, data: Any, batch_size: int) -> Any:
    """The order with indices past the last example until it makes whole batches."""
    past = len(jax.tree.leaves(data)[0])

    def filled(column: Any, value: int) -> Any:
        widths = [(0, -len(column) % batch_size)] + [(0, 0)] * (column.ndim - 1)
        return jnp.pad(column, widths, constant_values=value)

    if isinstance(order, tuple):
        return filled(order[0], past), *(filled(column, 0) for column in order[1:])
    return filled(order, past)


def _algorithms(size: int, batch_size: int, examples: int) -> AbstractContextManager[None]:
    """Inside, the step of a smaller last batch is traced with XLA's own algorithms.

    Those of `jaxdl.ops` are faster to run and slower to compile, which one step an epoch does not
    earn back. Whether it is the last of several is told by the data, so that an epoch that goes on
    after an interruption computes the same.
    """
    last = size < batch_size <= examples
    return ops.xla() if last else nullcontext()


def step_epoch(
    step: Step,
    state: TrainState,
    data: Any,
    order: Any,
    batch_size: int,
    fill: bool = False,
) -> Iterator[tuple[TrainState, Float[Array, " steps"], int]]:
    """Run an epoch a step a call.

    Args:
        step: pure, the same object in every call, or it is compiled anew.
        state: before the first step; donated.
        data: pytree of arrays with the examples along their first axis.
        order: the examples' indices, (n,), or a tuple of these and the columns that come with them.
        batch_size: examples a step.
        fill: fill a smaller last batch up with examples that are 0 throughout, which `step` has to
            leave out. Then all batches have one shape, and `step` is compiled for no second one.

    Yields:
        After each step: the state, the losses (those to come are 0), and how many steps are done.
        Both arrays are donated to the next step: read them before asking for it.
    """
    order = jax.tree.map(jnp.asarray, order)
    order = _filled_up(order, data, batch_size) if fill else order
    n = length(order)
    dtype = jax.tree.leaves(state.params)[0].dtype
    losses = jnp.zeros(steps_per_epoch(n, batch_size), dtype)
    for i, start in enumerate(range(0, n, batch_size)):
        size = min(batch_size, n - start)
        with _algorithms(size, batch_size, len(jax.tree.leaves(data)[0])):
            state, losses = _one_step(step, state, losses, data, order, start, i, size)
        yield state, losses, i + 1


@partial(jax.jit, static_argnames="step", donate_argnames=("state", "losses"))
def _on_read(step: Step, state: TrainState, losses: Any, batch: Any, i: int) -> Any:
    state, value = step(state, batch)
    return state, losses.at[i].set(value)


def stream_epoch(
    step: Step, state: TrainState, data: Stream, order: Any, batch_size: int, fill: bool = False
) -> Iterator[tuple[TrainState, Float[Array, " steps"], int]]:
    """Run an epoch a step a call on examples that are read meanwhile; otherwise as `step_epoch`."""
    visited, *more = order if isinstance(order, tuple) else (order,)
    dtype = jax.tree.leaves(state.params)[0].dtype
    losses = jnp.zeros(steps_per_epoch(len(visited), batch_size), dtype)
    for i, batch in enumerate(data.batches(np.asarray(visited), batch_size)):
        if more:
            batch = (*batch, *cut(more, i * batch_size, (i + 1) * batch_size))
        size = length(batch)
        if fill and size < batch_size:
            batch = jax.tree.map(partial(_with_zeros, rows=batch_size - size), batch)
            size = batch_size
        with _algorithms(size, batch_size, len(data)):
            state, losses = _on_read(step, state, losses, jax.device_put(batch), i)
        yield state, losses, i + 1


def _with_zeros(array: np.ndarray, rows: int) -> np.ndarray:
    return np.concatenate([array, np.zeros((rows, *array.shape[1:]), array.dtype)])


@partial(jax.jit, static_argnames=("step", "batch_size", "fill"), donate_argnames="state")
def scan_epoch(
    step: Step,
    state: TrainState,
    data: Any,
    order: Any,
    batch_size: int,
    fill: bool = False,
) -> tuple[TrainState, Float[Array, " steps"]]:
    """Run an epoch in one call: `jax.lax.scan` over the batches, then the smaller last one.

    Arguments as in `step_epoch`.

    Returns:
        The state after the epoch, the loss of every step.
    """
    order = _filled_up(order, data, batch_size) if fill else order
    n = length(order)
    whole = n - n % batch_size
    rows = []
    if whole:
        batches = jax.tree.map(
            lambda column: column[:whole].reshape(-1, batch_size, *column.shape[1:]), order
        )

        def on_batch(carry: Any, following: Any) -> tuple[Any, Any]:
            state, value = step(*carry)
            return (state, _batch(data, following)), value

        # Each turn fetches the batch of the next one. XLA would put the fetching into every
        # operation that reads the batch, were it not handed over: a convolution's slices of it.
        first = _batch(data, jax.tree.map(lambda column: column[0], batches))
        following = jax.tree.map(lambda column: jnp.roll(column, -1, axis=0), batches)
        (state, _), losses = jax.lax.scan(on_batch, (state, first), following)
        rows.append(losses)
    if whole < n:
        with _algorithms(n - whole, batch_size, len(jax.tree.leaves(data)[0])):
            state, last = step(state, _batch(data, cut(order, whole)))
        rows.append(last[None])
    return state, jnp.concatenate(rows)
