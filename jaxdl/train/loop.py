"""The loop over epochs: where a run stops, what it tells, what it keeps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jaxdl.errors import InputError
from jaxdl.train import executables
from jaxdl.train.devices import Devices, on_first, readable, replicated, sharded_epoch, sharing
from jaxdl.train.epoch import (
    Step,
    cut,
    epoch_order,
    length,
    scan_epoch,
    step_epoch,
    steps_per_epoch,
    stream_epoch,
)
from jaxdl.train.history import History
from jaxdl.train.memory import trim_after_compiling
from jaxdl.train.state import TrainState
from jaxdl.train.stream import Stream
from jaxdl.train.stream import rows as count_rows

if TYPE_CHECKING:
    from jaxdl.train.checkpoints import Checkpoints

Measured = Float[Array, ""] | Mapping[str, Float[Array, ""]]
CALL = 512
"""A scanned epoch is cut into calls of so many steps, so that a report or Ctrl-C need not wait."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C, after the run was saved; the message says how to go on."""


def fit(
    step: Step,
    state: TrainState,
    data: Any,
    order: Any,
    *,
    epochs: int,
    batch_size: int,
    scan: bool,
    fill: bool = False,
    evaluate: Callable[[TrainState], Measured] | None = None,
    report: Callable[..., object] | None = None,
    checkpoints: Checkpoints | None = None,
    shared: Step | None = None,
) -> tuple[TrainState, History]:
    """Train for some epochs, from the newest checkpoint on where there is one.

    Losses stay on the device until their epoch is over. If one of them is not finite the run ends
    there: the history then holds it, and the newest checkpoint is of the last epoch before.

    Args:
        step: pure, (state, batch) -> (state, loss); the same object in every run. `TrainState` has
            an example, with a net that keeps more than parameters.
        state: before the first step.
        data: pytree of arrays with the examples along their first axis, or a `Stream`, of which
            only a few batches are in memory.
        order: in which the epochs visit the examples: integers (epochs, n), or the key that
            draws them (`epoch_order`). A tuple: the integers, and what was drawn for the examples
            in that order, (epochs, n, ...): columns that a batch has after those of the data, which
            is a tuple then.
        epochs: how many in all.
        batch_size: examples a step.
        scan: an epoch a compiled call (`scan_epoch`; `CALL` steps, where it has more), not a step a
            call (`step_epoch`). A stream is read a step a call.
        fill: with rows of 0, which `step` leaves out, where the last batch is smaller.
        evaluate: state -> a number, kept as "test_accuracy" after every epoch, or several, each
            kept under its name.
        report: called as `report(epoch, losses)` after every epoch and, where it takes several
            calls, as `report(epoch, losses, count)` between them: a place for every step of the
            epoch, the first `count` being there. Reading them waits for the device. With
            `evaluate`, after every epoch, as `report(epoch, losses, test_accuracy=...)`, each
            number under its name.
            `jaxdl.train.Log` is one.
        checkpoints: where the state is saved after every epoch, and at Ctrl-C.
        shared: `step` for a device's share of a batch (`shared_step`). With it a scanned epoch's
            batches, and the columns that come with the order, are shared out (`sharded_epoch`)
            where JAX has several CPU devices in one process, by `jax_num_cpu_devices`, and they
            divide `batch_size`. A smaller last batch is then computed by each of them alike, with
            `step`. All of `jax.devices()` take part; under `jax.default_device` one computes alone,
            as it does where epochs are not scanned, for a `Stream`, and where there are fewer
            examples than a batch has. Losses and states are the same up to rounding, `evaluate` and
            `checkpoints` are handed the state of one device, and a run that was saved goes on with
            any number of devices.

    Returns:
        The last state and the history.

    Raises:
        InputError: the checkpoint has done more epochs than are asked for; the arrays have not the
            same number of rows, or none; an order is too short, or names what is not there.
        Stopped: at Ctrl-C, the run being saved; only with `checkpoints`.
    """
    trim_after_compiling()
    rows: Any = jax.tree.leaves(order)[0]
    drawn = jnp.issubdtype(rows.dtype, jax.dtypes.prng_key)
    examples = len(data) if isinstance(data, Stream) else count_rows(data)
    n = examples if drawn else rows.shape[1]
    _check(rows, drawn, examples, epochs, batch_size)
    total = steps_per_epoch(n, batch_size)
    history: History = {"loss": []} | ({"test_accuracy": []} if evaluate else {})
    if not epochs:
        return state, history
    if checkpoints:
        size = batch_size if fill else min(n, batch_size)
        batch = _shapes(data, size)
        if isinstance(order, tuple):
            more = (jax.ShapeDtypeStruct((size, *a.shape[2:]), a.dtype) for a in order[1:])
            batch = (*batch, *more)
        checkpoints.made_by(step, state, batch)
    if checkpoints and (saved := checkpoints.latest(state)):
        state, history = saved
        if int(state.step) > epochs * total:
            raise InputError(
                f"{checkpoints.directory} is at step {int(state.step)}, past the {epochs * total} "
                f"steps of {epochs} epochs; ask for more epochs"
            )
    able = shared is not None and scan and n >= batch_size and not isinstance(data, Stream)
    devices = sharing(batch_size) if able else ()
    if devices:
        state, data = replicated(state, devices), readable(data, devices)
    alone = on_first if devices else lambda state: state
    with _interruptions(catch=checkpoints is not None) as interrupted:
        first, done = divmod(int(state.step), total)
        for epoch in range(first, epochs):
            before = history["loss"].pop() if done else np.zeros(0, np.float32)
            row = epoch_order(rows, epoch, n) if drawn else _of_epoch(order, epoch)
            left = cut(row, done * batch_size)
            losses, count = np.zeros(0), 0
            for taken in _pass(scan, step, state, data, left, batch_size, fill, shared, devices):
                state, losses, count = taken
                if report and done + count < total:
                    report(epoch, _whole(before, losses, total), done + count)
                if interrupted():
                    break
            value = np.concatenate([before, np.asarray(losses)[:count]])  # waits for the device
            history["loss"].append(value)
            done = (done + count) % total
            if not np.all(np.isfinite(value)):
                break
            if evaluate and not done:
                found = evaluate(alone(state))
                measured = found if isinstance(found, Mapping) else {"test_accuracy": found}
                for name, number in measured.items():
                    history.setdefault(name, []).append(float(number))
            if report:
                report(epoch, value, **_measured(history))
            if checkpoints and _finite((alone(state).params, alone(state).rest)):
                checkpoints.save(alone(state), history)
            if interrupted():
                raise Stopped(
                    f"stopped after step {int(state.step)}; the same command with --resume goes on"
                )
    return alone(state), history


def _pass(
    scan: bool,
    step: Step,
    state: TrainState,
    data: Any,
    order: Any,
    batch_size: int,
    fill: bool,
    shared: Step | None,
    devices: Devices,
) -> Iterator[tuple[TrainState, Any, int]]:
    """What is left of an epoch, call by call: the state, the losses, how many they are."""
    if isinstance(data, Stream):
        yield from stream_epoch(step, state, data, order, batch_size, fill)
        return
    if not scan:
        yield from step_epoch(step, state, data, order, batch_size, fill)
        return
    losses = []
    for start in range(0, length(order), CALL * batch_size):
        part = cut(order, start, start + CALL * batch_size)
        if shared and devices:
            state, new = executables.call(
                sharded_epoch,
                {"state": state, "data": data, "order": part},
                step=shared,
                batch_size=batch_size,
                devices=devices,
                last=step,
                fill=fill,
            )
            # CPU devices that get several calls at once may wait for each other for ever.
            new = jax.block_until_ready(on_first(new))
        else:
            state, new = executables.call(
                scan_epoch,
                {"state": state, "data": data, "order": part},
                step=step,
                batch_size=batch_size,
                fill=fill,
            )
        losses.append(new)
        yield state, jnp.concatenate(losses), sum(map(len, losses))


def _of_epoch(order: Any, epoch: int) -> Any:
    return jax.tree.map(lambda column: jnp.asarray(column[epoch]), order)


def _check(order: Any, drawn: bool, examples: int, epochs: int, batch_size: int) -> None:
    if not examples:
        raise InputError("there are no examples to train on")
    if batch_size < 1:
        raise InputError(f"a batch needs an example at least, not {batch_size}")
    if drawn or not epochs:
        return
    if len(order) < epochs:
        raise InputError(f"there are orders for {len(order)} epochs; {epochs} are asked for")
    least, most = (int(bound(np.asarray(order))) for bound in (np.min, np.max))
    if least < 0 or most >= examples:
        raise InputError(
            f"an order names example {least if least < 0 else most}; there are 0 to {examples - 1}"
        )


def _shapes(data: Any, batch_size: int) -> Any:
    """Of a batch."""
    if isinstance(data, Stream):
        return data.shapes(batch_size)
    return jax.tree.map(lambda a: jax.ShapeDtypeStruct((batch_size, *a.shape[1:]), a.dtype), data)


def _whole(before: Any, losses: Any, total: int) -> Any:
    """The losses of an epoch that goes on: those of before a checkpoint, those since, and NaN."""
    if len(losses) == total:
        return losses
    rest = jnp.full(total - len(before) - len(losses), jnp.nan, losses.dtype)
    return jnp.concatenate([jnp.asarray(before, losses.dtype), losses, rest])


def _measured(history: History) -> dict[str, float]:
    """What was measured after the last epoch."""
    return {name: values[-1] for name, values in history.items() if name != "loss"}


@jax.jit
def _finite(tree: Any) -> Any:
    numbers = [leaf for leaf in jax.tree.leaves(tree) if jnp.issubdtype(leaf.dtype, jnp.number)]
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in numbers]))


@contextmanager
def _interruptions(catch: bool) -> Iterator[Callable[[], bool]]:
    """Turn a first Ctrl-C (or SIGTERM) into a question that can be asked; a second one interrupts.

    Without `catch`, or outside the main thread, nothing is turned.
    """
    asked: list[int] = []
    if not catch or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: object) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
