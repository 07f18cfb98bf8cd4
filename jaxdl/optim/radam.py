"""RAdam: Adam that waits for its second moment to be known well enough."""

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


class RadamState(NamedTuple):
    """The steps taken, and both moments."""

    step: Int[Array, ""]
    exp_avg: optax.Updates
    exp_avg_sq: optax.Updates


def average_length(beta: Number, step: Int[Array, ""]) -> Float[Array, ""]:
    """ρₜ = ρ∞ - 2t βᵗ / (1 - βᵗ) with ρ∞ = 2 / (1 - β) - 1, in the default float dtype.

    PyTorch's is a Python float. In float32 ρ∞ = 1999 would leave ρₜ, a small number at first, four
    digits. With x = -t log β it is ρ∞ - 2/L + 2/L · (1 - x / (eˣ - 1)), L = -log β, where what
    cancels is a Python float, and what is left a series at small x.
    """
    if not isinstance(beta, jax.Array) and beta == 0:
        return jnp.ones_like(step, float)
    rate = -jnp.log(beta) if isinstance(beta, jax.Array) else -math.log(beta)
    x = step.astype(float) * rate
    series = x / 2 - x**2 / 12 + x**4 / 720 - x**6 / 30240
    share = jnp.where(x < 0.1, series, 1 - x / jnp.expm1(x))
    return 2 / (1 - beta) - 1 - 2 / rate + 2 / rate * share


def radam(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""RAdam as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t, \quad
        v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2, \quad
        \hat m_t = m_t / (1 - \beta_1^t) \\
        \rho_\infty &= 2 / (1 - \beta_2) - 1, \quad
        \rho_t = \rho_\infty - 2 t \beta_2^t / (1 - \beta_2^t) \\
        r_t &= \sqrt{\frac{(\rho_t - 4) (\rho_t - 2) \rho_\infty}
            {(\rho_\infty - 4) (\rho_\infty - 2) \rho_t}} \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot \hat m_t \cdot
            (r_t \frac{\sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \epsilon}
            \text{ if } \rho_t > 5 \text{, else } 1)

    `optax.radam` differs: it adds eps to the root of the corrected second moment, so that its eps
    weighs more at first; it rectifies at ρ = 5 too; and it has no weight decay. In float32 it
    evaluates ρ and 1 - βᵗ where they cancel.

    Args:
        learning_rate: the step size, or a schedule of it.
        betas: the decay rates of the first and the second moment.
        eps: added to the root before its correction, against division by zero.
        weight_decay: the factor of the L2 penalty, added to the gradient.
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
        >>> from jaxdl.optim import radam
        >>> optimizer = radam(0.25)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> params = optax.apply_updates(params, updates)
        >>> [f"{p:.3f}" for p in params]  # the first steps are those of plain descent
        ['0.500', '-1.000']

    References:
        Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, ICLR 2020. Equals
        `torch.optim.RAdam`.
    """
    learning_rate, eps, weight_decay = checked(
        learning_rate=learning_rate, eps=eps, weight_decay=weight_decay
    )
    beta1, beta2 = checked_betas(betas)
    decays = decoupled_weight_decay and not is_zero(weight_decay)

    def init(params: optax.Params) -> RadamState:
        # Zeros of its own for each moment: an array that stands twice in a state cannot be donated.
        exp_avg, exp_avg_sq = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        return RadamState(jnp.zeros([], jnp.int32), exp_avg, exp_avg_sq)

    def update(updates, state, params=None):
        step = state.step + 1
        exp_avg = running_mean(beta1, state.exp_avg, updates)
        exp_avg_sq = running_mean_square(beta2, state.exp_avg_sq, updates)

        rate = learning_rate_at(learning_rate, state.step)
        plain = rate / bias_correction(beta1, step)
        rho, rho_inf = average_length(beta2, step), 2 / (1 - beta2) - 1
        known = rho > 5
        length = jnp.where(known, rho, 6.0)  # no root of a negative number, in derivatives neither
        share = (length - 4) * (length - 2) / length * (rho_inf / ((rho_inf - 4) * (rho_inf - 2)))
        rectified = plain * jnp.sqrt(share) * jnp.sqrt(bias_correction(beta2, step))

        def scale(m: Array, v: Array) -> Array:
            adapted = rectified.astype(m.dtype) * m / (jnp.sqrt(v) + eps)
            return -jnp.where(known, adapted, plain.astype(m.dtype) * m)

        updates = jax.tree.map(scale, exp_avg, exp_avg_sq)
        if decays:
            updates = add_decoupled_decay(updates, needed(params, "radam"), rate, weight_decay)
        return updates, RadamState(step, exp_avg, exp_avg_sq)

    return optax.chain(
        prepare_gradient(0.0 if decoupled_weight_decay else weight_decay, maximize),
        optax.GradientTransformation(init, update),
    )
