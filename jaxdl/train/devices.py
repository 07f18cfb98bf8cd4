"""One epoch on several devices, each with its share of every batch (data parallelism).

To JAX the cores of a CPU are one device, and what is small in a program runs on one of them, one
operation after the other. As several devices, each of them runs the whole program on its part of
the batch: `jax.config.update("jax_num_cpu_devices", 2)`, before JAX is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.flatten_util import ravel_pytree
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float

from jaxdl.train.epoch import Step, cut, length, scan_epoch
from jaxdl.train.state import TrainState

AXIS = "batch"
LARGE = 2**14  # numbers
Devices = tuple[jax.Device, ...]


def _mesh(devices: Devices) -> Mesh:
    return jax.make_mesh((len(devices),), (AXIS,), (AxisType.Auto,), devices=devices)


def replicated(tree: Any, devices: Devices) -> Any:
    """A copy of the arrays on each of the devices, as one array each."""
    return jax.device_put(tree, NamedSharding(_mesh(devices), PartitionSpec()))


def readable(tree: Any, devices: Devices) -> Any:
    """As `replicated`, for what nobody writes into: CPU devices read one and the same memory."""
    return replicated(jax.tree.map(np.asarray, tree), devices)


def on_first(tree: Any) -> Any:
    """What `replicated` gave, or came of it, as arrays of the first device; nothing is copied."""
    return jax.tree.map(lambda leaf: leaf.addressable_shards[0].data, tree)


def sharing(batch_size: int) -> Devices:
    """The devices that `fit` shares batches of that size out among; none where one takes them.

    They are all that JAX has, where these are several devices made of one process's CPU
    (`jax_num_cpu_devices`) that divide a batch. Under `jax.default_device` that device is the only
    one; what several GPUs would gain has not been measured.
    """
    devices = tuple(jax.devices())
    cpus = jax.process_count() == 1 and all(device.platform == "cpu" for device in devices)
    one = jax.config.jax_default_device  # pyright: ignore[reportAttributeAccessIssue]
    alone = one is not None or len(devices) == 1
    return devices if cpus and not alone and batch_size % len(devices) == 0 else ()


def mean_over_devices(tree: Any) -> Any:
    """Inside `sharded_epoch`: each leaf's mean over the devices.

    The devices wait for each other for each array, so that the small leaves travel as one. A large
    one goes alone: what reads it then needs no code of its own for the place where it stood.

    Args:
        tree: pytree of floating-point arrays of one dtype.
    """
    leaves, treedef = jax.tree.flatten(tree)
    flat, unravel = ravel_pytree([leaf for leaf in leaves if leaf.size < LARGE])
    small = iter(unravel(jax.lax.pmean(flat, AXIS)))
    return treedef.unflatten(
        next(small) if leaf.size < LARGE else jax.lax.pmean(leaf, AXIS) for leaf in leaves
    )


@cache  # the same object for the same arguments, so that it is compiled once for them
def shared_step(
    loss: Callable[..., Any],
    optimizer: optax.GradientTransformation,
    *options: Hashable,
    at_once: int | None = None,
) -> Step:
    """The step for a device's share of a batch: the mean of loss and gradient, then the update.

    Args:
        loss: (params, batch, *options) -> a scalar, a mean in which all examples of the batch count
            the same.
        optimizer: any of Optax's.
        options: what else `loss` takes; not traced.
        at_once: examples that a device computes with at once. A larger share goes through `loss` in
            equal pieces of so many or fewer, one after the other, whose mean is the same up to
            rounding: what lies between the layers then stays in the core's own memory. A share
            whose pieces would be smaller than half of that stays whole. None: all at once.

    Returns:
        (state, share) -> (state, loss); the same object for the same arguments.
    """

    def step(state: TrainState, batch: Any) -> tuple[TrainState, Any]:
        found = _mean_of_pieces(
            lambda piece: jax.value_and_grad(loss)(state.params, piece, *options), batch, at_once
        )
        value, gradient = mean_over_devices(found)
        updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
        params = optax.apply_updates(state.params, updates)
        return replace(state, params=params, opt_state=opt_state, step=state.step + 1), value

    return step


def _mean_of_pieces(function: Callable[[Any], Any], batch: Any, at_once: int | None) -> Any:
    """The mean of `function`'s arrays over the pieces that a batch is cut into."""
    size = length(batch)
    most = at_once or size
    count = next(n for n in range(-(-size // most), size + 1) if size % n == 0)
    if count == 1 or 2 * (size // count) < most:
        return function(batch)
    pieces = jax.tree.map(lambda a: a.reshape(count, -1, *a.shape[1:]), batch)
    outs = jax.eval_shape(function, jax.tree.map(lambda a: a[0], pieces))

    def zero(out: Any) -> Array:  # a sum in half precision would lose the later pieces
        return jnp.zeros(out.shape, jnp.float32 if out.dtype.itemsize < 4 else out.dtype)

    def add(total: Any, piece: Any) -> tuple[Any, None]:
        return jax.tree.map(lambda t, a: t + a.astype(t.dtype), total, function(piece)), None

    total, _ = jax.lax.scan(add, jax.tree.map(zero, outs), pieces)
    return jax.tree.map(lambda t, out: (t / count).astype(out.dtype), total, outs)


@partial(
    jax.jit,
    static_argnames=("step", "batch_size", "devices", "last", "fill"),
    donate_argnames="state",
    compiler_options={"xla_cpu_multi_thread_eigen": False},  # each device has a core of its own
)
def sharded_epoch(
    step: Step,
    state: TrainState,
    data: Any,
    order: Any,
    batch_size: int,
    devices: Devices,
    last: Step | None = None,
    fill: bool = False,
) -> tuple[TrainState, Float[Array, " steps"]]:
    """Run an epoch in one call, as `scan_epoch`, each batch shared out among the devices.

    Every device has all of the data and of the state (`replicated`). `step` is called with a
    device's share of the batch, and of the columns that come with the order, and takes the mean
    over the devices itself (`shared_step`).

    Args:
        step, state, data, order, batch_size: as in `scan_epoch`.
        devices: `tuple(jax.devices())`.
        last: the step of a whole batch, as `scan_epoch` takes it: for a smaller last one, which
            every device computes alike. None: there is no smaller one.
        fill: as in `scan_epoch`.

    Returns:
        The state after the epoch, the loss of every step.

    Raises:
        ValueError: the devices do not divide a batch, or the last batch is smaller and there is no
            `last`.
    """
    count = length(order)
    whole = count - count % batch_size
    if batch_size % len(devices) or (whole < count and last is None):
        raise ValueError(
            f"{count} examples in batches of {batch_size} are not whole batches that "
            f"{len(devices)} devices can share"
        )

    def on_share(state: TrainState, data: Any, pieces: Any, rest: Any) -> Any:
        losses = []
        if whole:  # pieces: (steps, share, ...)
            own = jax.tree.map(lambda column: column.reshape(-1, *column.shape[2:]), pieces)
            state, found = scan_epoch(step, state, data, own, batch_size // len(devices))
            losses.append(found)
        if whole < count:
            assert last is not None
            state, found = scan_epoch(last, state, data, rest, batch_size, fill)
            losses.append(found)
        return state, jnp.concatenate(losses)

    everywhere, share = PartitionSpec(), PartitionSpec(None, AXIS)
    run = jax.shard_map(
        on_share,
        mesh=_mesh(devices),
        in_specs=(everywhere, everywhere, share, everywhere),
        out_specs=everywhere,
        check_vma=False,  # that the states stay the same everywhere is the steps' doing
    )
    pieces = jax.tree.map(
        lambda column: column[:whole].reshape(-1, batch_size, *column.shape[1:]), order
    )
    return run(state, data, pieces, cut(order, whole))
