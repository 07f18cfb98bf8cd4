"""Stochastic gradient descent with momentum, dampening, Nesterov and weight decay."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from jaxdl.optim._common import Number, checked, concrete, is_zero, number, prepare_gradient


class DampenedTraceState(NamedTuple):
    """The momentum buffer, and how many gradients it has seen."""

    step: Int[Array, ""]
    trace: optax.Updates


def dampened_trace(
    momentum: Number, dampening: Number, nesterov: bool
) -> optax.GradientTransformation:
    """Momentum whose new gradients are scaled by (1 - dampening), all but the first."""

    def init(params: optax.Params) -> DampenedTraceState:
        return DampenedTraceState(jnp.zeros([], jnp.int32), optax.tree.zeros_like(params))

    def update(updates, state, params=None):
        del params
        first = state.step == 0
        # b₁ = g₁;  bₜ = momentum · bₜ₋₁ + (1 - dampening) · gₜ
        trace = jax.tree.map(
            lambda g, b: jnp.where(first, g, momentum * b + (1 - dampening) * g),
            updates,
            state.trace,
        )
        ahead = jax.tree.map(lambda g, b: g + momentum * b, updates, trace) if nesterov else trace
        return ahead, DampenedTraceState(state.step + 1, trace)

    return optax.GradientTransformation(init, update)


def sgd(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    momentum: Number = 0.0,
    dampening: Number = 0.0,
    weight_decay: Number = 0.0,
    nesterov: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Stochastic gradient descent as PyTorch defines it.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        b_1 &= g_1, \quad
        b_t = \text{momentum} \cdot b_{t-1} + (1 - \text{dampening}) \cdot g_t \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot
            (g_t + \text{momentum} \cdot b_t \text{ if nesterov, else } b_t)

    The pieces are Optax's, which compute exactly this: `optax.add_decayed_weights` before
    `optax.trace` before `optax.scale_by_learning_rate`. Only dampening is ours: Optax has none, and
    PyTorch's leaves the first gradient undamped. `optax.sgd` has no weight decay.

    Args:
        learning_rate: the step size, or a schedule of it.
        momentum: how much of the buffer is kept; the Python number 0 keeps no buffer, an array
            that happens to be 0 does.
        dampening: how much of each gradient after the first is withheld from the buffer.
        weight_decay: the factor of the L2 penalty, added to the gradient before the momentum.
        nesterov: look ahead along the buffer; needs momentum and no dampening.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: a rate is negative, or nesterov lacks momentum or meets dampening.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import sgd
        >>> optimizer = sgd(0.25, momentum=0.9)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> optax.apply_updates(params, updates).tolist()
        [0.5, -1.0]

    References:
        Sutskever et al., On the importance of initialization and momentum in deep learning,
        ICML 2013. Equals `torch.optim.SGD`.
    """
    learning_rate, momentum, weight_decay = checked(
        learning_rate=learning_rate, momentum=momentum, weight_decay=weight_decay
    )
    dampening = number(dampening)
    if nesterov and (concrete(momentum) == 0 or concrete(dampening) not in (0, None)):
        raise ValueError("nesterov needs momentum above 0 and dampening 0")
    if is_zero(momentum):
        accumulate = optax.identity()
    elif is_zero(dampening):
        accumulate = optax.trace(momentum, nesterov)
    else:
        accumulate = dampened_trace(momentum, dampening, nesterov)
    return optax.chain(
        prepare_gradient(weight_decay, maximize),
        accumulate,
        optax.scale_by_learning_rate(learning_rate),
    )
