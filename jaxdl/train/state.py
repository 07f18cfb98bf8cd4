"""What a training step takes and gives: everything that changes, in one pytree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
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
        """The state before the first step; `params` are copied, so that a step may reuse them.

        `optimizer.init` is compiled, once for each optimizer and not for each shape of a parameter.
        """
        params, step = jax.device_put((params, np.int32(0)), may_alias=False)
        return cls(params, jax.jit(optimizer.init)(params), step)
