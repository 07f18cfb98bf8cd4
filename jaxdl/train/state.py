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
    """Parameters, the optimizer's memory of them, how many steps have been taken, and the rest.

    Attributes:
        params: any pytree of arrays.
        opt_state: what `optimizer.init(params)` gave, or a later state.
        step: steps taken so far, () int32.
        rest: what the net keeps beside its parameters, running means and random counts; () where
            it keeps nothing.

    With Flax NNX the filter of `nnx.split` tells the two apart, and the step hands on the rest that
    the net leaves behind. Without the filter a running mean would count as a parameter, which no
    gradient reaches, and stay 0:

    >>> import jax.numpy as jnp
    >>> from flax import nnx
    >>> from jaxdl import nn
    >>> from jaxdl.train import fit
    >>> rngs, optimizer = nnx.Rngs(0), optax.sgd(0.1)
    >>> net = nnx.Sequential(
    ...     nn.Linear(2, 3, rngs=rngs), nn.BatchNorm(3, rngs=rngs), nnx.Dropout(0.5, rngs=rngs)
    ... )
    >>> graphdef, params, rest = nnx.split(net, nnx.Param, ...)
    >>> def loss_fn(params, rest, x):
    ...     net = nnx.merge(graphdef, params, rest, copy=True)  # the gradient's own, to change
    ...     return jnp.mean((net(x) - 1) ** 2), nnx.split(net, nnx.Param, ...)[2]
    >>> def train_step(state, x):
    ...     grad_fn = jax.value_and_grad(loss_fn, has_aux=True)
    ...     (loss, rest), gradient = grad_fn(state.params, state.rest, x)
    ...     updates, opt_state = optimizer.update(gradient, state.opt_state)
    ...     params = optax.apply_updates(state.params, updates)
    ...     return TrainState(params, opt_state, state.step + 1, rest), loss
    >>> state = TrainState.create(params, optimizer, rest)
    >>> x, order = jnp.arange(16.0).reshape(8, 2), jax.random.key(1)
    >>> state, _ = fit(train_step, state, x, order, epochs=2, batch_size=4, scan=True)
    >>> net = nnx.merge(graphdef, state.params, state.rest)
    >>> net.eval()  # the running means, and no dropout
    >>> net(x).shape
    (8, 3)
    """

    params: Any
    opt_state: Any
    step: Int[Array, ""]
    rest: Any = ()

    @classmethod
    def create(
        cls, params: Any, optimizer: optax.GradientTransformation, rest: Any = ()
    ) -> TrainState:
        """The state before the first step; all is copied, so that a step may reuse the arrays.

        `optimizer.init` is compiled, once for each optimizer and not for each shape of a parameter.
        """
        params, step, rest = jax.device_put((params, np.int32(0), rest), may_alias=False)
        return cls(params, jax.jit(optimizer.init)(params), step, rest)
