"""What the carriers of NNX modules have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
from flax import nnx

from benchmarks.coverage.carried import Carried
from jaxdl.parity import Layer, ParameterMap

if TYPE_CHECKING:
    from jaxdl.parity.rule import Rule


def carried(module: nnx.Module, rule: Rule, apply: Callable[..., Any]) -> Carried:
    """A module of ours whose call is `apply(module, *inputs)`."""
    graphdef, state = nnx.split(module)
    pair = ParameterMap((Layer("", "", rule),))

    def run(params: Any, *inputs: Any, **options: Any) -> Any:
        return apply(nnx.merge(graphdef, params), *inputs, **options)

    return Carried(run, nnx.to_pure_dict(state), pair)


def options(module: Any, **more: Any) -> dict[str, Any]:
    """The arguments that every layer of ours has."""
    tensor = next(
        (t for t in (*module.parameters(), *module.buffers()) if t.is_floating_point()), None
    )
    dtype = "float32" if tensor is None else str(tensor.dtype).removeprefix("torch.")
    return {"param_dtype": jnp.dtype(dtype), "rngs": nnx.Rngs(0), **more}


def scale_and_bias(module: Any) -> dict[str, bool]:
    """Which of the two a normalisation has."""
    return {"use_scale": module.weight is not None, "use_bias": module.bias is not None}
