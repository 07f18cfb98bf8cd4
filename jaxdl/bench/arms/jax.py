"""The arms that take the functional program's steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl import ops, train
from jaxdl.bench.arms.arm import Arm, Unavailable
from jaxdl.bench.arms.jax_function import configured, memory, tracing

if TYPE_CHECKING:
    from jaxdl.bench.work import Case, JaxWork

LONGEST_SCAN = 100
"""A scan takes an epoch's batches in a call, but no more than so many; without batches, a run's."""

Call = Callable[[Any, Any], tuple[Any, Any]]
"""(state, input) -> (state, losses)."""


def build(name: str, case: Case, dtype: str, threads: int) -> Arm:
    """Set one of these arms up; see `jaxdl.bench.arms.build`."""
    sharded = name == "jax-sharded"
    if sharded and jax.config.values["jax_num_cpu_devices"] != threads:  # before JAX starts
        jax.config.update("jax_num_cpu_devices", threads)
    device = configured(dtype)
    work = case.jax_work("float32" if dtype == "tf32" else dtype)
    shareable = work.shared_step and device.platform == "cpu" and work.examples % threads == 0
    if sharded and not shareable:
        raise Unavailable(f"{threads} devices cannot share a batch here")
    train.trim_after_compiling()  # as `fit` does
    data, first = jax.device_put((work.data, work.state))
    if sharded:
        devices = tuple(jax.devices())
        data, first = train.replicated((data, first), devices)
        call, inputs, length = scan_over_order(work, data, devices)
    elif name.endswith("scan") and work.gathers:
        call, inputs, length = scan_over_order(work, data)
    elif name.endswith("scan"):
        call, length = scan_over_batches(work, batches(work, data))
        inputs = [None]
    else:
        call = work.step if name == "jax-eager" else jax.jit(work.step, donate_argnums=0)
        inputs, length = batches(work, data), 1
    now: dict[str, Any] = {}

    def restart() -> None:
        now["state"] = jax.block_until_ready(jax.device_put(first, may_alias=False))
        now["inputs"] = cycle(inputs)

    def run(calls: int) -> np.ndarray:
        state, outputs = now["state"], []
        with ops.xla() if "flax" in name else nullcontext():
            for given in islice(now["inputs"], calls):
                state, out = call(state, given)
                outputs.append(out)
        now["state"] = jax.block_until_ready(state)
        return np.ravel(jax.device_get(outputs))

    restart()
    most = None if device.platform == "cpu" else partial(memory, device, "peak_bytes_in_use")
    return Arm(restart, run, length, work.examples, device.device_kind, most, tracing)


def batches(work: JaxWork, data: Any) -> list[Any]:
    """The batches, cut beforehand."""
    if work.pieces is None:
        return [data]
    pieces = work.pieces[:, 0] if work.per_example else work.pieces
    return [jax.tree.map(lambda column, at=piece: column[at], data) for piece in pieces]


def scan_over_order(
    work: JaxWork, data: Any, devices: tuple[Any, ...] = ()
) -> tuple[Call, list[Any], int]:
    """Many steps a call, the batches gathered inside it: the call, its inputs, steps a call."""
    assert work.pieces is not None
    count, size = work.pieces.shape
    length = min(count, LONGEST_SCAN)

    def call(state: Any, order: Any) -> Any:
        if devices:
            assert work.shared_step is not None
            return train.sharded_epoch(work.shared_step, state, data, order, size, devices)
        return train.scan_epoch(work.step, state, data, order, size)

    starts = range(0, count - length + 1, length)
    orders = [jnp.asarray(work.pieces[i : i + length].ravel(), jnp.int32) for i in starts]
    return call, orders, length


def scan_over_batches(work: JaxWork, batches: list[Any]) -> tuple[Call, int]:
    """A whole run a call, over the same few batches: the call, steps a call."""
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *batches)

    @jax.jit
    def call(state: Any, _: None) -> Any:
        def body(state: Any, i: Any) -> Any:
            return work.step(state, jax.tree.map(lambda leaf: leaf[i % len(batches)], stacked))

        return jax.lax.scan(body, state, jnp.arange(work.run))

    return call, work.run
