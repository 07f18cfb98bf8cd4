"""What layers of a kernel and a bias have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Axis, Tensors


def kernel_and_bias(
    name: str,
    to_jax: Callable[[np.ndarray], np.ndarray],
    to_torch: Callable[[np.ndarray], np.ndarray],
    draw: Callable[[Any, dict[str, tuple[int, ...]]], Tensors] | None,
    axes: tuple[Axis, ...],
) -> Rule:
    """A layer of weight and bias; JAX calls the weight kernel and keeps it in another layout.

    `axes` are the kernel's; its last one is the bias's.
    """
    new, old = {"weight": "kernel", "bias": "bias"}, {"kernel": "weight", "bias": "bias"}
    return Rule(
        name,
        torch=("weight", "bias"),
        jax=("kernel", "bias"),
        to_jax=lambda tensors: {
            new[key]: to_jax(tensor) if key == "weight" else tensor
            for key, tensor in tensors.items()
        },
        to_torch=lambda leaves: {
            old[key]: to_torch(leaf) if key == "kernel" else leaf for key, leaf in leaves.items()
        },
        optional={"bias": "bias"},
        draw=draw,
        axes={"kernel": axes, "bias": axes[-1:]},
    )
