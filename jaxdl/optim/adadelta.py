"""Adadelta: each step as large as the steps before it, by root mean squares."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from jaxdl.optim._common import (
    Number,
    checked,
    concrete,
    learning_rate_at,
    prepare_gradient,
    running_mean_square,
)


class AdadeltaState(NamedTuple):
    """The steps taken, and the running mean squares of the gradients and of the steps."""

    step: Int[Array, ""]
    square_avg: optax.Updates
    acc_delta: optax.Updates


def adadelta(
    learning_rate: optax.ScalarOrSchedule = 1.0,
    *,
    rho: Number = 0.9,
    eps: Number = 1e-6,
    weight_decay: Number = 0.0,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Adadelta as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        v_t &= \rho v_{t-1} + (1 - \rho) g_t^2 \\
        \Delta_t &= \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}} g_t, \quad
        u_t = \rho u_{t-1} + (1 - \rho) \Delta_t^2 \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot \Delta_t

    `optax.adadelta` has the same formula, but without a learning rate the updates are not negated:
    they climb. PyTorch's default is 1.

    Args:
        learning_rate: what the step is scaled by, or a schedule of it.
        rho: the decay rate of both running means.
        eps: added inside both square roots; the first step is made of it.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative, or rho is above 1.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adadelta
        >>> optimizer = adadelta(0.5, rho=0.75, eps=3.0)
        >>> params = jnp.array([1.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = θ²
        >>> round(float(updates[0]), 3)  # -0.5 · √(3 / (1 + 3)) · 2
        -0.866

    References:
        Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012. Equals `torch.optim.Adadelta`.
    """
    learning_rate, rho, eps, weight_decay = checked(
        learning_rate=learning_rate, rho=rho, eps=eps, weight_decay=weight_decay
    )
    known = concrete(rho)
    if known is not None and known > 1:
        raise ValueError(f"rho must lie in [0, 1], got {rho}")

    def init(params: optax.Params) -> AdadeltaState:
        # Zeros of its own for each: an array that stands twice in a state cannot be donated.
        square_avg, acc_delta = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        return AdadeltaState(jnp.zeros([], jnp.int32), square_avg, acc_delta)

    def update(updates, state, params=None):
        del params
        square_avg = running_mean_square(rho, state.square_avg, updates)

        def resize(g: Array, v: Array, u: Array) -> Array:
            return jnp.sqrt(u + eps) / jnp.sqrt(v + eps) * g

        deltas = jax.tree.map(resize, updates, square_avg, state.acc_delta)
        acc_delta = running_mean_square(rho, state.acc_delta, deltas)
        rate = learning_rate_at(learning_rate, state.step)
        updates = jax.tree.map(lambda delta: -rate * delta, deltas)
        return updates, AdadeltaState(state.step + 1, square_avg, acc_delta)

    return optax.chain(
        prepare_gradient(weight_decay, maximize), optax.GradientTransformation(init, update)
    )
