"""NAdam: Adam that looks ahead along its momentum, as Nesterov does."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from jaxdl.optim._common import (
    Number,
    add_decoupled_decay,
    bias_correction,
    checked,
    checked_betas,
    is_zero,
    learning_rate_at,
    needed,
    prepare_gradient,
    running_mean,
    running_mean_square,
)


class NadamState(NamedTuple):
    """The steps taken, the product of the momenta so far, and both moments."""

    step: Int[Array, ""]
    mu_product: Float[Array, ""]
    exp_avg: optax.Updates
    exp_avg_sq: optax.Updates


def nadam(
    learning_rate: optax.ScalarOrSchedule = 2e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
    momentum_decay: Number = 4e-3,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""NAdam as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        \mu_t &= \beta_1 (1 - \tfrac12 \, 0.96^{t \cdot \text{momentum\_decay}}) \\
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t, \quad
        v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        \hat m_t &= \frac{\mu_{t+1}}{1 - \prod_{i \le t+1} \mu_i} m_t
            + \frac{1 - \mu_t}{1 - \prod_{i \le t} \mu_i} g_t \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot
            \frac{\hat m_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}

    `optax.nadam` differs: its momentum is β₁ from the first step on, without the schedule μ, its
    learning rate has no default, and it has no weight decay (`optax.nadamw` has the decoupled one).
    PyTorch keeps the product of the μ in `torch.get_default_dtype()`; here it is the default float
    dtype, whatever the parameters' dtype.

    Args:
        learning_rate: the step size, or a schedule of it.
        betas: the decay rates of the first and the second moment.
        eps: added to the root, against division by zero.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        momentum_decay: how fast μ rises from β₁/2 to β₁.
        decoupled_weight_decay: shrink the parameters by learning_rate · weight_decay before the
            step, and leave the gradient alone. `update` then needs the params.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative, or a beta lies outside [0, 1).

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import nadam
        >>> optimizer = nadam(0.5, betas=(0.0, 0.75))  # without momentum
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> params = optax.apply_updates(params, updates)
        >>> [f"{p:.3f}" for p in params]
        ['0.500', '-1.500']

    References:
        Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop 2016. Equals
        `torch.optim.NAdam`.
    """
    learning_rate, eps, weight_decay, momentum_decay = checked(
        learning_rate=learning_rate,
        eps=eps,
        weight_decay=weight_decay,
        momentum_decay=momentum_decay,
    )
    beta1, beta2 = checked_betas(betas)
    decays = decoupled_weight_decay and not is_zero(weight_decay)

    def momentum(step):
        return beta1 * (1 - 0.5 * jnp.exp(step.astype(float) * momentum_decay * math.log(0.96)))

    def init(params: optax.Params) -> NadamState:
        # Zeros of its own for each moment: an array that stands twice in a state cannot be donated.
        exp_avg, exp_avg_sq = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        return NadamState(jnp.zeros([], jnp.int32), jnp.ones([], float), exp_avg, exp_avg_sq)

    def update(updates, state, params=None):
        step = state.step + 1
        mu, mu_next = momentum(step), momentum(step + 1)
        mu_product = state.mu_product * mu
        exp_avg = running_mean(beta1, state.exp_avg, updates)
        exp_avg_sq = running_mean_square(beta2, state.exp_avg_sq, updates)

        rate = learning_rate_at(learning_rate, state.step)
        of_gradient = rate * (1 - mu) / (1 - mu_product)
        of_average = rate * mu_next / (1 - mu_product * mu_next)
        correction = bias_correction(beta2, step)

        def scale(g: Array, m: Array, v: Array) -> Array:
            denominator = jnp.sqrt(v / correction.astype(v.dtype)) + eps
            ahead = of_gradient.astype(g.dtype) * g + of_average.astype(m.dtype) * m
            return -ahead / denominator

        updates = jax.tree.map(scale, updates, exp_avg, exp_avg_sq)
        if decays:
            updates = add_decoupled_decay(updates, needed(params, "nadam"), rate, weight_decay)
        return updates, NadamState(step, mu_product, exp_avg, exp_avg_sq)

    return optax.chain(
        prepare_gradient(0.0 if decoupled_weight_decay else weight_decay, maximize),
        optax.GradientTransformation(init, update),
    )
