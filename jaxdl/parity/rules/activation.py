"""Activations that have parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    import numpy as np


def _slope(weight: np.ndarray) -> np.ndarray:
    return weight.reshape(()) if weight.shape == (1,) else weight


PRELU = Rule(
    "prelu",  # a slope each, (channels,); the only one, (1,)  <->  ()
    torch=("weight",),
    jax=("negative_slope",),
    to_jax=lambda tensors: {"negative_slope": _slope(tensors["weight"])},
    to_torch=lambda leaves: {"weight": leaves["negative_slope"].reshape(-1)},
    optional={},
)
"""PyTorch's slopes (channels,), or (1,) <-> one array of that shape, or of shape ()."""
