"""One epoch on several devices, each with its share of every batch (data parallelism).

To JAX the cores of a CPU are one device, and what is small in a program runs on one of them, one
operation after the other. As several devices, each of them runs the whole program on its part of
the batch: `jax.config.update("jax_num_cpu_devices", 2)`, before JAX is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import optax
from jax.flatten_util import ravel_pytree
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Int

from jaxdl.train.epoch import Step, scan_epoch
from jaxdl.train.state import TrainState

AXIS = "batch"
LARGE = 2**14  # numbers
Devices = tuple[jax.Device, ...]


def _mesh(devices: Devices) -> Mesh:
    return jax.make_mesh((len(devices),), (AXIS,), (AxisType.Auto,), devices=devices)


def replicated(tree: Any, devices: Devices) -> Any:
    """A copy of the arrays on each of the devices, as one array each."""
    return jax.device_put(tree, NamedSharding(_mesh(devices), PartitionSpec()))


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


def shared_step(loss: Callable[[Any, Any], Any], optimizer: optax.GradientTransformation) -> Step:
    """The step for a device's share of a batch: the mean of loss and gradient, then the update.

    Args:
        loss: (params, batch) -> a scalar, a mean in which all examples of the batch count the same.
        optimizer: any of Optax's.
    """

    def step(state: TrainState, batch: Any) -> tuple[TrainState, Any]:
        value, gradient = mean_over_devices(jax.value_and_grad(loss)(state.params, batch))
        updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
        params = optax.apply_updates(state.params, updates)
        return replace(state, params=params, opt_state=opt_state, step=state.step + 1), value

    return step


@partial(
    jax.jit,
    static_argnames=("step", "batch_size", "devices"),
    donate_argnames="state",
    compiler_options={"xla_cpu_multi_thread_eigen": False},  # each device has a core of its own
)
def sharded_epoch(
    step: Step,
    state: TrainState,
    data: Any,
    order: Int[Array, " n"],
    batch_size: int,
    devices: Devices,
) -> tuple[TrainState, Float[Array, " steps"]]:
    """Run an epoch in one call, as `scan_epoch`, each batch shared out among the devices.

    Every device has all of the data and of the state (`replicated`). `step` is called with a
    device's share of the batch, and takes the mean over the devices itself (`shared_step`).

    Args:
        step, state, data, batch_size: as in `scan_epoch`.
        order: the examples' indices; whole batches.
        devices: `tuple(jax.devices())`.

    Returns:
        The state after the epoch, the loss of every step.

    Raises:
        ValueError: the devices do not divide a batch, or the last batch is smaller.
    """
    if batch_size % len(devices) or len(order) % batch_size:
        raise ValueError(
            f"{len(order)} examples in batches of {batch_size} are not whole batches that "
            f"{len(devices)} devices can share"
        )

    def on_share(state: TrainState, data: Any, order: Int[Array, "steps share"]) -> Any:
        return scan_epoch(step, state, data, order.reshape(-1), order.shape[1])

    everywhere, share = PartitionSpec(), PartitionSpec(None, AXIS)
    run = jax.shard_map(
        on_share,
        mesh=_mesh(devices),
        in_specs=(everywhere, everywhere, share),
        out_specs=everywhere,
        check_vma=False,  # that the states stay the same everywhere is the step's doing
    )
    return run(state, data, order.reshape(-1, batch_size))
