"""What it takes to say that a module of PyTorch's is carried: a program in JAX for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from jaxdl.parity import ParameterMap


class Carried(NamedTuple):
    """A program in JAX that must compute what a module of PyTorch's computes.

    A table of carriers, `dict[str, Callable[[torch.nn.Module], Carried]]`, has one for each class
    under the name that PyTorch's database gives it, such as "nn.Conv2d".

    Args:
        apply: (params, *inputs) -> output, both in PyTorch's layout.
        params: a pytree of the parameters' shapes, as `ParameterMap.to_jax` wants it.
        parameter_map: ties the module's `state_dict` to `params`.
    """

    apply: Callable[..., Any]
    params: Any
    parameter_map: ParameterMap
