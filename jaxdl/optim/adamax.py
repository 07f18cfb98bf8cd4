"""Adamax: Adam with the infinity norm in place of the second moment."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from jaxdl.optim._common import (
    Number,
    bias_correction,
    checked,
    checked_betas,
    learning_rate_at,
    prepare_gradient,
    running_mean,
)


class AdamaxState(NamedTuple):
    """The steps taken, the first moment, and the decayed largest gradient."""

    step: Int[Array, ""]
    exp_avg: optax.Updates
    exp_inf: optax.Updates


def adamax(
    learning_rate: optax.ScalarOrSchedule = 2e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Adamax as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        \mu_t &= \beta_1 \mu_{t-1} + (1 - \beta_1) g_t \\
        u_t &= \max(\beta_2 u_{t-1}, |g_t| + \epsilon) \\
        \theta_t &= \theta_{t-1}
            - \frac{\text{learning\_rate}}{1 - \beta_1^t} \cdot \frac{\mu_t}{u_t}

    `optax.adamax` has the same formula but no weight decay; it evaluates 1 - βᵗ in the default
    float dtype, where float32 cancels, and fails under strict dtype promotion.

    Args:
        learning_rate: the step size, or a schedule of it.
        betas: the decay rates of the first moment and of the norm.
        eps: added to the gradient's size inside the maximum, against division by zero.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative, or a beta lies outside [0, 1).

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adamax
        >>> optimizer = adamax(0.5)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> params = optax.apply_updates(params, updates)
        >>> [f"{p:.3f}" for p in params]  # the first step is learning_rate long
        ['0.500', '-1.500']

    References:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, section 7.1. Equals
        `torch.optim.Adamax`.
    """
    learning_rate, eps, weight_decay = checked(
        learning_rate=learning_rate, eps=eps, weight_decay=weight_decay
    )
    beta1, beta2 = checked_betas(betas)

    def init(params: optax.Params) -> AdamaxState:
        # Zeros of its own for each: an array that stands twice in a state cannot be donated.
        exp_avg, exp_inf = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        return AdamaxState(jnp.zeros([], jnp.int32), exp_avg, exp_inf)

    def update(updates, state, params=None):
        del params
        step = state.step + 1
        exp_avg = running_mean(beta1, state.exp_avg, updates)
        exp_inf = jax.tree.map(
            lambda g, u: jnp.maximum(beta2 * u, jnp.abs(g) + eps), updates, state.exp_inf
        )
        step_size = learning_rate_at(learning_rate, state.step) / bias_correction(beta1, step)
        updates = jax.tree.map(lambda m, u: -step_size.astype(m.dtype) * m / u, exp_avg, exp_inf)
        return updates, AdamaxState(step, exp_avg, exp_inf)

    return optax.chain(
        prepare_gradient(weight_decay, maximize), optax.GradientTransformation(init, update)
    )
