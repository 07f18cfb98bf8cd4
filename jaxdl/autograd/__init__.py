"""What two ways to a gradient do: the tape, PyTorch's graph and JAX's programs, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jaxdl._torch import has_torch
from jaxdl.autograd.from_jaxpr import from_jax
from jaxdl.autograd.from_tape import from_tape
from jaxdl.autograd.from_torch import from_torch
from jaxdl.autograd.graph import Edge, Graph, Node, Place, Saved

__all__ = [
    "Edge",
    "Graph",
    "Node",
    "Place",
    "Saved",
    "from_jax",
    "from_tape",
    "from_torch",
    "graph",
]


def graph(loss: Callable[[Any, Any], Any], params: Any, batch: Any) -> Graph:
    """What one evaluation of a loss and of its gradient does; a notebook shows it as a table.

    Args:
        loss: (params, batch) -> a scalar, or (model, batch) -> a tensor of one element.
        params: a pytree of arrays, or a `torch.nn.Module`: it decides the framework.
        batch: what `loss` takes.

    Raises:
        InputError: what `loss` gives is no loss.
    """
    if has_torch():
        import torch

        if isinstance(params, torch.nn.Module):
            return from_torch(loss, params, batch)
    return from_jax(loss, params, batch)
