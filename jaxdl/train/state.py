"""What a training step takes and gives: everything that changes, in one pytree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class TrainState:
    """Parameters, the optimizer's memory of them, and how many steps have been taken.

    Attributes:
        params: any pytree of arrays.
        opt_state: what `optimizer.init(params)` gave, or a later state.
        step: steps taken so far, () int32.
    """

    params: Any
    opt_state: Any
    step: Int[Array, ""]

    @classmethod
    def create(cls, params: Any, optimizer: optax.GradientTransformation) -> TrainState:
        """The state before the first step; `params` are copied, so that a step may reuse them."""
        params = jax.tree.map(jnp.array, params)
        return cls(params, optimizer.init(params), jnp.zeros((), jnp.int32))
