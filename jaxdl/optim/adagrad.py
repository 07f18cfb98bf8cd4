"""Adagrad: each parameter's step shrinks with the gradients that it has seen."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from jaxdl.optim._common import Number, checked, learning_rate_at, prepare_gradient


class AdagradState(NamedTuple):
    """The steps taken, and the sum of squared gradients."""

    step: Int[Array, ""]
    sum: optax.Updates


def adagrad(
    learning_rate: optax.ScalarOrSchedule = 1e-2,
    *,
    lr_decay: Number = 0.0,
    weight_decay: Number = 0.0,
    initial_accumulator_value: Number = 0.0,
    eps: Number = 1e-10,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Adagrad as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        s_t &= s_{t-1} + g_t^2, \quad s_0 = \text{initial\_accumulator\_value} \\
        \theta_t &= \theta_{t-1} - \frac{\text{learning\_rate}}{1 + (t - 1) \cdot \text{lr\_decay}}
            \cdot \frac{g_t}{\sqrt{s_t} + \epsilon}

    `optax.adagrad` differs: its accumulator starts at 0.1, its eps is 1e-7 and stands inside the
    square root, and it has neither lr_decay nor weight decay.

    Args:
        learning_rate: the first step size, or a schedule in its place.
        lr_decay: how fast the step size falls with the number of steps.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        initial_accumulator_value: what the sum of squares starts from.
        eps: added to the root, against division by zero.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adagrad
        >>> optimizer = adagrad(0.5)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> optax.apply_updates(params, updates).tolist()  # the first step is learning_rate long
        [0.5, -1.5]

    References:
        Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
        Optimization, JMLR 2011. Equals `torch.optim.Adagrad`.
    """
    learning_rate, lr_decay, weight_decay, initial_accumulator_value, eps = checked(
        learning_rate=learning_rate,
        lr_decay=lr_decay,
        weight_decay=weight_decay,
        initial_accumulator_value=initial_accumulator_value,
        eps=eps,
    )

    def init(params: optax.Params) -> AdagradState:
        start = optax.tree.full_like(params, initial_accumulator_value)
        return AdagradState(jnp.zeros([], jnp.int32), start)

    def update(updates, state, params=None):
        del params
        rate = learning_rate_at(learning_rate, state.step)
        step_size = rate / (1 + state.step.astype(float) * lr_decay)
        sums = jax.tree.map(lambda g, s: s + g * g, updates, state.sum)
        updates = jax.tree.map(
            lambda g, s: -step_size.astype(g.dtype) * g / (jnp.sqrt(s) + eps), updates, sums
        )
        return updates, AdagradState(state.step + 1, sums)

    return optax.chain(
        prepare_gradient(weight_decay, maximize), optax.GradientTransformation(init, update)
    )
