"""By hand: what a device holds, and what travels."""

import math

import jax
from jax.sharding import AbstractMesh

from lessons.l20_many_devices import strategies


def state_bytes(strategy, state, devices):
    """What one of the devices holds of a state, of which shapes will do."""
    mesh = AbstractMesh(strategies.sizes(strategy, devices), strategies.AXES[strategy])
    shardings = strategies.of_state(strategy, mesh, state)
    held = jax.tree.map(
        lambda leaf, sharding: math.prod(sharding.shard_shape(leaf.shape)) * leaf.dtype.itemsize,
        state,
        shardings,
    )
    return sum(jax.tree.leaves(held))


def travelling(config, devices, itemsize):
    """Kind of collective -> bytes of its results on a device, in one step.

    Args:
        config: whose net, batch and strategy.
        devices: how many, more than one.
        itemsize: 4 in float32, 8 in float64.
    """
    width, shape = config.width, strategies.sizes(config.strategy, devices)
    letters, places, norm = (128 * width, config.context * width, width)
    matrices = config.layers * 12 * width**2  # 4 squares, and two of four times as much
    params = letters + places + norm + matrices + config.layers * 2 * width
    activation = config.batch_size * config.context * width  # (batch, length, width)
    # Of a block: attention and mlp on the way there; on the way back mlp, query, key and value.
    of_matrices = 6 * config.layers * activation
    own = params - matrices + matrices // shape[-1]  # with a share of each matrix
    sums = {  # the letters' table is used at both ends: jit sums each use's gradient by itself
        "data": params + letters + 1,  # and the loss
        "by-hand": params + 1,
        "fsdp": params + letters + 1,
        "tensor": of_matrices,
        "data-tensor": of_matrices // shape[0] + (own + letters + 1 if shape[0] > 1 else 0),
        "pipeline": letters + places + norm + 1,
    }[config.strategy]
    found = {"all-reduce": sums}
    if config.strategy == "fsdp":
        found["all-gather"] = params
    if config.strategy == "pipeline":  # there and back, at each tick, a part of the batch
        ticks = config.parts + devices - 1
        found["collective-permute"] = 2 * ticks * activation // config.parts
    return {kind: numbers * itemsize for kind, numbers in found.items()}
