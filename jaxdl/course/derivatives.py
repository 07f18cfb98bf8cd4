"""A lesson's net as derivatives are taken of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.course.start import floating_as, like_torch, tensors_as
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.bench.derivatives.net import Net
    from jaxdl.course.registry import Lesson

FEW = 128
"""Up to so many parameters all are inner ones; of a larger net its last tensor alone."""


def net_of(lesson: Lesson, size: int = 8) -> Net:
    """A lesson's net at PyTorch's initial values with its first examples, in float64.

    JAX's x64 mode is the caller's matter.

    Args:
        lesson: with a net.
        size: examples in the batch.

    Raises:
        InputError: it has fewer examples, or no PyTorch is installed.
    """
    import_torch()
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax.flatten_util import ravel_pytree

    from jaxdl.bench.derivatives.net import Net

    config = lesson.config()
    program, twin = lesson.program(config), lesson.twin(config, "float64")
    parameter_map = lesson.parameter_map(config)
    data = floating_as(program.examples(), "float64")
    if len(data[0]) < size:
        raise InputError(f"{lesson.name} has {len(data[0])} examples, not {size}")
    with jax.enable_x64(False):  # drawn in float32 and widened, as `model.double()` does
        params, _ = like_torch(lesson, config, data)
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf, "float64"), params)
    weights = dict(twin.model.named_parameters())
    flat, unravel = ravel_pytree(params)
    every = sum(weight.numel() for weight in weights.values())
    inner = tuple(weights) if every <= FEW else tuple(weights)[-1:]
    places = parameter_map.to_torch(unravel(jnp.arange(len(flat), dtype=flat.dtype)))
    chosen = np.concatenate([places[name].ravel() for name in inner]).astype(int)
    leaves, tree = jax.tree.flatten(params)
    ends = np.cumsum([leaf.size for leaf in leaves])
    touched = sorted(set(np.searchsorted(ends, chosen, side="right").tolist()))
    direction = {
        name: np.cos(np.arange(weight.numel(), dtype="float64")).reshape(weight.shape)
        for name, weight in weights.items()
    }

    def rebuild(vector: Any) -> Any:  # the other leaves stay what they are: nothing to derive
        replaced = list(leaves)
        for i in touched:
            here = np.flatnonzero((chosen >= ends[i] - leaves[i].size) & (chosen < ends[i]))
            at = chosen[here] - (ends[i] - leaves[i].size)
            whole = leaves[i].ravel().at[at].set(vector[here])
            replaced[i] = whole.reshape(leaves[i].shape)
        return jax.tree.unflatten(tree, replaced)

    torch = import_torch()
    return Net(
        title=lesson.name,
        apply=program.apply,
        loss=program.loss,
        params=params,
        batch=tuple(column[:size] for column in data),
        rebuild=rebuild,
        inner=flat[chosen],
        to_torch=parameter_map.to_torch,
        direction=parameter_map.to_jax(direction, params),
        model=twin.model,
        model_loss=twin.loss,
        model_batch=tuple(c[:size] for c in tensors_as(twin.examples(), "float64")),
        model_inner=inner,
        model_direction={name: torch.from_numpy(array) for name, array in direction.items()},
    )
