"""RMSprop: the gradient over its running root mean square."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from jaxdl.optim._common import (
    Number,
    checked,
    is_zero,
    learning_rate_at,
    prepare_gradient,
    running_mean,
    running_mean_square,
)


class RmspropState(NamedTuple):
    """The steps taken, the running means, the second if centered, and the momentum's buffer.

    What is not needed is empty.
    """

    step: Int[Array, ""]
    square_avg: optax.Updates
    grad_avg: optax.Updates
    momentum_buffer: optax.Updates


def rmsprop(
    learning_rate: optax.ScalarOrSchedule = 1e-2,
    *,
    alpha: Number = 0.99,
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
    momentum: Number = 0.0,
    centered: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""RMSprop as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        \nu_t &= \alpha \nu_{t-1} + (1 - \alpha) g_t^2, \quad
        \mu_t = \alpha \mu_{t-1} + (1 - \alpha) g_t \\
        r_t &= g_t / (\sqrt{\nu_t - \mu_t^2 \text{ if centered, else } \nu_t} + \epsilon) \\
        b_t &= \text{momentum} \cdot b_{t-1} + r_t \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot b_t

    Optax's pieces compute this too when told that eps stands outside the square root:
    `optax.scale_by_rms` or `optax.scale_by_stddev`, then `optax.trace`. `optax.rmsprop` differs by
    default: eps inside the square root, decay 0.9, no weight decay; and it multiplies
    by the learning rate before the momentum, the same thing only while the rate is constant: under
    a schedule its buffer keeps the rates of the past.

    Args:
        learning_rate: the step size, or a schedule of it.
        alpha: the decay rate of the running means.
        eps: added to the root, against division by zero.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        momentum: how much of the buffer of past steps is kept; the Python number 0 keeps no buffer,
            an array that happens to be 0 does.
        centered: divide by the standard deviation instead of the root mean square.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import rmsprop
        >>> optimizer = rmsprop(0.125, alpha=0.75, eps=0.0)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> optax.apply_updates(params, updates).tolist()  # by learning_rate / sqrt(1 - alpha)
        [0.75, -1.75]

    References:
        Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012; Graves,
        Generating Sequences With Recurrent Neural Networks, 2013 (centered). Equals
        `torch.optim.RMSprop`.
    """
    learning_rate, alpha, eps, weight_decay, momentum = checked(
        learning_rate=learning_rate,
        alpha=alpha,
        eps=eps,
        weight_decay=weight_decay,
        momentum=momentum,
    )
    keeps_buffer = not is_zero(momentum)

    def init(params: optax.Params) -> RmspropState:
        # Zeros of its own for each: an array that stands twice in a state cannot be donated.
        return RmspropState(
            step=jnp.zeros([], jnp.int32),
            square_avg=optax.tree.zeros_like(params),
            grad_avg=optax.tree.zeros_like(params) if centered else (),
            momentum_buffer=optax.tree.zeros_like(params) if keeps_buffer else (),
        )

    def update(updates, state, params=None):
        del params
        square_avg = spread = running_mean_square(alpha, state.square_avg, updates)
        grad_avg, buffer = state.grad_avg, state.momentum_buffer
        if centered:
            grad_avg = running_mean(alpha, grad_avg, updates)
            spread = jax.tree.map(lambda v, m: v - m * m, square_avg, grad_avg)
        updates = jax.tree.map(lambda g, v: g / (jnp.sqrt(v) + eps), updates, spread)
        if keeps_buffer:
            updates = buffer = jax.tree.map(lambda r, b: momentum * b + r, updates, buffer)
        rate = learning_rate_at(learning_rate, state.step)
        updates = jax.tree.map(lambda r: -rate * r, updates)
        return updates, RmspropState(state.step + 1, square_avg, grad_avg, buffer)

    return optax.chain(
        prepare_gradient(weight_decay, maximize), optax.GradientTransformation(init, update)
    )
