"""Who has which numbers: a mesh of devices, and for each array how it lies on it.

A strategy is data. Nothing here computes: `spec` reads an array's name and shape, and says along
which of its axes it is cut, and among which of the mesh's.
"""

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from jaxdl.errors import InputError

AXES = {  # the mesh's
    "data": ("data",),
    "by-hand": ("data",),
    "fsdp": ("data",),
    "tensor": ("model",),
    "data-tensor": ("data", "model"),
    "pipeline": ("stage",),
}
BY_COLUMNS, BY_ROWS = P(None, None, "model"), P(None, "model", None)  # (layers, in, out)
TENSOR = {  # what comes in is whole; each device has its heads, its hidden units; what adds up last
    "query": BY_COLUMNS,
    "key": BY_COLUMNS,
    "value": BY_COLUMNS,
    "out": BY_ROWS,
    "up": BY_COLUMNS,
    "down": BY_ROWS,
}


def sizes(strategy, devices):
    """How many devices along each of the mesh's axes."""
    both = devices // 2 if devices > 1 else 1
    return (both, devices // both) if strategy == "data-tensor" else (devices,)


def mesh_of(strategy, devices):
    """The devices in a row, or, where two things are shared, in a grid."""
    axes = AXES[strategy]
    grid = np.array(devices).reshape(sizes(strategy, len(devices)))
    return Mesh(grid, axes, axis_types=(AxisType.Auto,) * len(axes))


def spec(strategy, mesh, path, leaf):
    """How one array of the state lies on the mesh.

    Args:
        strategy: one of `AXES`.
        mesh: its axes' names and sizes.
        path: JAX's, of a leaf of the state: an optimizer's slot ends as its parameter does.
        leaf: with a shape.
    """
    names = [key.key for key in path if isinstance(key, jax.tree_util.DictKey)]
    if strategy in ("tensor", "data-tensor"):
        return next((TENSOR[name] for name in names if name in TENSOR), P())
    if strategy == "pipeline":
        return P("stage") if "blocks" in names else P()
    if strategy == "fsdp":  # along the first axis, that of the layers left out, that can be cut
        loop = int("blocks" in names)
        fits = [size % mesh.shape["data"] == 0 for size in leaf.shape[loop:]]
        return P(*[None] * (loop + fits.index(True)), "data") if any(fits) else P()
    return P()


def of_state(strategy, mesh, state):
    """`spec` for every leaf: a pytree like the state."""
    return jax.tree_util.tree_map_with_path(
        lambda path, leaf: NamedSharding(mesh, spec(strategy, mesh, path, leaf)), state
    )


def of_batch(mesh):
    """A batch's examples are shared out where there is an axis for it; else all see all."""
    return NamedSharding(mesh, P("data") if "data" in mesh.axis_names else P())


def check(config, devices):
    """What cannot be shared out evenly is refused.

    Raises:
        InputError: says which number the devices do not divide.
    """
    shape = dict(zip(AXES[config.strategy], sizes(config.strategy, devices), strict=True))
    for axis, field in (("data", "batch_size"), ("model", "heads"), ("stage", "layers")):
        if getattr(config, field) % shape.get(axis, 1):
            raise InputError(
                f"{config.strategy}: {shape[axis]} devices must divide {field} "
                f"{getattr(config, field)}"
            )
