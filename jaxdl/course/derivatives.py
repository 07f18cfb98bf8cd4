"""A lesson's net as derivatives are taken of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.course.start import floating_as, like_torch, tensors_as
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.bench.derivatives.net import Net
    from jaxdl.course.registry import Lesson


def net_of(lesson: Lesson, examples: int = 8, parameters: int = 64) -> Net:
    """A lesson's net at PyTorch's initial values with its first examples, in float64.

    JAX's x64 mode is the caller's matter.

    Args:
        lesson: with a net.
        examples: in the batch.
        parameters: the last so many of PyTorch's order are the inner ones; all, of a smaller net.

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
    if len(data[0]) < examples:
        raise InputError(
            f"{lesson.name} has {len(data[0])} examples, not {examples}; "
            f"--examples {len(data[0])} takes them all"
        )
    with jax.enable_x64(False):  # drawn in float32 and widened, as `model.double()` does
        params, _ = like_torch(lesson, config, data)
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf, "float64"), params)
    weights = dict(twin.model.named_parameters())
    flat, unravel = ravel_pytree(params)
    places = parameter_map.to_torch(unravel(jnp.arange(len(flat), dtype=flat.dtype)))
    chosen = np.concatenate([places[name].ravel() for name in weights])[-parameters:].astype(int)
    reach = np.cumsum([weight.numel() for weight in reversed(weights.values())])
    inner = tuple(weights)[-1 - int(np.searchsorted(reach, len(chosen))) :]
    leaves, tree = jax.tree.flatten(params)
    shapes, ends = [leaf.shape for leaf in leaves], np.cumsum([leaf.size for leaf in leaves])
    touched = sorted(set(np.searchsorted(ends, chosen, side="right").tolist()))
    direction = {
        name: np.cos(np.arange(weight.numel(), dtype="float64")).reshape(weight.shape)
        for name, weight in weights.items()
    }

    def rebuild(params: Any, vector: Any) -> Any:  # the other leaves stay: nothing to derive
        replaced = jax.tree.leaves(params)
        for i in touched:
            begin = ends[i] - leaves[i].size
            here = np.flatnonzero((chosen >= begin) & (chosen < ends[i]))
            whole = replaced[i].ravel().at[chosen[here] - begin].set(vector[here])
            replaced[i] = whole.reshape(shapes[i])
        return jax.tree.unflatten(tree, replaced)

    torch = import_torch()
    return Net(
        title=lesson.name,
        apply=program.apply,
        loss=program.loss,
        params=params,
        batch=tuple(column[:examples] for column in data),
        rebuild=rebuild,
        inner=flat[chosen],
        to_torch=parameter_map.to_torch,
        direction=parameter_map.to_jax(direction, params),
        model=twin.model,
        model_loss=twin.loss,
        model_batch=tuple(c[:examples] for c in tensors_as(twin.examples(), "float64")),
        model_inner=inner,
        model_direction={name: torch.from_numpy(array) for name, array in direction.items()},
    )
