"""Adam, and its AMSGrad variant."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

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


class AdamState(NamedTuple):
    """The steps taken, both moments, and the largest second moment if amsgrad (else empty)."""

    step: Int[Array, ""]
    exp_avg: optax.Updates
    exp_avg_sq: optax.Updates
    max_exp_avg_sq: optax.Updates


def adam(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
    amsgrad: bool = False,
    maximize: bool = False,
    decoupled_weight_decay: bool = False,
) -> optax.GradientTransformation:
    r"""Adam as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        \mu_t &= \beta_1 \mu_{t-1} + (1 - \beta_1) g_t \\
        \nu_t &= \beta_2 \nu_{t-1} + (1 - \beta_2) g_t^2 \\
        \hat\nu_t &= (\max_{i \le t} \nu_i \text{ if amsgrad, else } \nu_t) / (1 - \beta_2^t) \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot
            \frac{\mu_t / (1 - \beta_1^t)}{\sqrt{\hat\nu_t} + \epsilon}

    `optax.adam` has the same formula but evaluates 1 - βᵗ in the default float dtype, where
    float32 cancels, and fails under strict dtype promotion. `optax.amsgrad` takes the maximum of
    the bias-corrected second moments; PyTorch corrects the maximum of the raw ones. The weight
    decay here is the L2 penalty, not the decoupled one of `optax.adamw`, unless asked for.

    Args:
        learning_rate: the step size, or a schedule of it.
        betas: the decay rates of the first and the second moment.
        eps: added to the root, against division by zero.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        amsgrad: divide by the largest second moment so far.
        maximize: ascend instead of descending.
        decoupled_weight_decay: shrink the parameters by learning_rate · weight_decay before the
            step, and leave the gradient alone: AdamW. `update` then needs the params.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative, or a beta lies outside [0, 1).

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adam
        >>> optimizer = adam(0.5)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> params = optax.apply_updates(params, updates)
        >>> [f"{p:.3f}" for p in params]  # the first step is learning_rate long
        ['0.500', '-1.500']

    References:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015; Reddi, Kale and Kumar,
        On the Convergence of Adam and Beyond, ICLR 2018. Equals `torch.optim.Adam`.
    """
    learning_rate, eps, weight_decay = checked(
        learning_rate=learning_rate, eps=eps, weight_decay=weight_decay
    )
    beta1, beta2 = checked_betas(betas)
    decays = decoupled_weight_decay and not is_zero(weight_decay)

    def init(params: optax.Params) -> AdamState:
        # Zeros of its own for each moment: an array that stands twice in a state cannot be donated.
        exp_avg, exp_avg_sq = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        largest = optax.tree.zeros_like(params) if amsgrad else ()
        return AdamState(jnp.zeros([], jnp.int32), exp_avg, exp_avg_sq, largest)

    def update(updates, state, params=None):
        step = state.step + 1
        exp_avg = running_mean(beta1, state.exp_avg, updates)
        exp_avg_sq = running_mean_square(beta2, state.exp_avg_sq, updates)
        largest = jax.tree.map(jnp.maximum, state.max_exp_avg_sq, exp_avg_sq) if amsgrad else ()

        rate = learning_rate_at(learning_rate, state.step)
        step_size = rate / bias_correction(beta1, step)
        root_correction = jnp.sqrt(bias_correction(beta2, step))

        def scale(m: Array, v: Array) -> Array:
            denominator = jnp.sqrt(v) / root_correction.astype(v.dtype) + eps
            return -step_size.astype(m.dtype) * m / denominator

        updates = jax.tree.map(scale, exp_avg, largest if amsgrad else exp_avg_sq)
        if decays:
            updates = add_decoupled_decay(updates, needed(params, "adamw"), rate, weight_decay)
        return updates, AdamState(step, exp_avg, exp_avg_sq, largest)

    return optax.chain(
        prepare_gradient(0.0 if decoupled_weight_decay else weight_decay, maximize),
        optax.GradientTransformation(init, update),
    )
