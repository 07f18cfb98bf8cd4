"""What derivatives are taken of: a net in both frameworks, handed over by whoever has one."""

from __future__ import annotations

from collections.abc import Callable
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
        rebuild: (the inner parameters as a vector) -> params: derivatives that need an entry for
            each pair are taken by these alone, where all would be too many.
        inner: that vector, in PyTorch's order.
        to_torch: a pytree like `params` -> PyTorch's name -> array.
        direction: a pytree like `params`, the direction of directional derivatives.
        model: a `torch.nn.Module`; its parameters are those of `params`.
        model_loss: (model, batch) -> a tensor of one element.
        model_batch: the same batch in tensors.
        model_inner: PyTorch's names of the inner parameters.
        model_direction: name -> tensor.
    """

    title: str
    apply: Callable[[Any, Any], Any]
    loss: Callable[[Any, Any], Any]
    params: Any
    batch: Any
    rebuild: Callable[[Any], Any]
    inner: Any
    to_torch: Callable[[Any], dict[str, np.ndarray]]
    direction: Any
    model: Any
    model_loss: Callable[[Any, Any], Any]
    model_batch: Any
    model_inner: tuple[str, ...]
    model_direction: dict[str, Any]

    @property
    def size(self) -> int:
        """Examples in the batch."""
        return len(self.batch[0])


@dataclass(frozen=True)
class Way:
    """One way to a derivative.

    Args:
        run: () -> the derivative, in the framework's own form; returns when it is computed.
        told: what `run` gives -> one array, the same for every way.
    """

    run: Callable[[], Any]
    told: Callable[[Any], np.ndarray]


DERIVATIVES = {
    "per-example": "the gradient of each example's loss",
    "jacobian-reverse": "the Jacobian of the outputs by the inner parameters, row by row",
    "jacobian-forward": "the same Jacobian, column by column",
    "hvp": "the Hessian of the loss times a direction",
    "hessian": "the Hessian of the loss by the inner parameters, whole",
    "penalty": "the gradient of the gradient's squared norm",
    "directional": "the derivative of the loss along a direction",
    "custom": "the gradient through a function that brings its own derivative",
    "fixed-point": "the implicit derivative of a fixed point z = tanh(Wz + b)",
    "truncated": "backpropagation through time, cut off every eight steps",
}
"""What is measured; the last two are of small programs of their own, not of the net."""
