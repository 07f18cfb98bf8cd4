"""What derivatives are taken of: a net in both frameworks, handed over by whoever has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Net:
    """One net with its loss, and one batch.

    Args:
        title: what tables call it.
        apply: (params, x) -> output; JAX.
        loss: (params, batch) -> a scalar; JAX.
        params, batch: pytrees of arrays; the batch is (x, y) with examples along the first axis.
        rebuild: (params, the inner parameters as a vector) -> params with these in them. The inner
            ones are the last of PyTorch's order; derivatives that need an entry or more for each
            parameter are taken by them alone, where all would be too many.
        inner: that vector.
        to_torch: a pytree like `params` -> PyTorch's name -> array.
        direction: a pytree like `params`, the direction of directional derivatives.
        model: a `torch.nn.Module`; its parameters are those of `params`.
        model_loss: (model, batch) -> a tensor of one element.
        model_batch: the same batch in tensors.
        model_inner: PyTorch's names of the tensors in which the inner parameters are the last.
        model_direction: name -> tensor.
    """

    title: str
    apply: Callable[[Any, Any], Any]
    loss: Callable[[Any, Any], Any]
    params: Any
    batch: Any
    rebuild: Callable[[Any, Any], Any]
    inner: Any
    to_torch: Callable[[Any], dict[str, np.ndarray]]
    direction: Any
    model: Any
    model_loss: Callable[[Any, Any], Any]
    model_batch: Any
    model_inner: tuple[str, ...]
    model_direction: dict[str, Any]

    @property
    def examples(self) -> int:
        """How many are in the batch."""
        return len(self.batch[0])

    @property
    def parameters(self) -> int:
        """How many are inner ones."""
        return len(self.inner)


@dataclass(frozen=True)
class Way:
    """One way to a derivative.

    Args:
        run: () -> the derivative, in the framework's own form; returns when it is computed.
        told: what `run` gives -> one array, the same for every way.
        prepare: what has to be done before the first call, with the seconds of its parts.
        memory: the most bytes that a call takes, its result with them and what it is given apart,
            by the framework's own account; None where it has none. Asked after a call.
    """

    run: Callable[[], Any]
    told: Callable[[Any], np.ndarray]
    prepare: Callable[[], Mapping[str, float]] = dict
    memory: Callable[[], int | None] = lambda: None


DERIVATIVES = {
    "per-example": "the gradient of each example's loss",
    "jacobian-reverse": "the Jacobian of the outputs by the inner parameters, row by row",
    "jacobian-forward": "the same Jacobian, column by column",
    "hvp": "the Hessian of the loss times a direction",
    "hvp-inner": "the same by the inner parameters alone",
    "hessian": "the Hessian of the loss by the inner parameters, whole",
    "penalty": "the gradient of the gradient's squared norm",
    "directional": "the derivative of the loss along a direction",
    "custom": "the gradient through a function that brings its own derivative",
    "fixed-point": "the implicit derivative of a fixed point z = tanh(Wz + b)",
    "truncated": "backpropagation through time, cut off every eight steps",
}
"""What is measured; the last two are of small programs of their own, not of the net."""

AXES = {
    "per-example": "examples",
    "jacobian-reverse": "examples",
    "jacobian-forward": "parameters",
    "hvp": "examples",
    "hvp-inner": "parameters",
    "hessian": "parameters",
    "penalty": "examples",
    "directional": "examples",
    "custom": "examples",
    "fixed-point": "unknowns",
    "truncated": "steps",
}
"""The size on which each depends most: of the batch, of the inner parameters, of the program."""

EVERY = 8
"""After so many steps truncated backpropagation is cut off."""
