"""Rprop: resilient propagation, which follows the gradient's signs alone."""

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
    number,
    prepare_gradient,
)


class RpropState(NamedTuple):
    """The steps taken, the gradient of the step before, and each parameter's own step size."""

    step: Int[Array, ""]
    prev: optax.Updates
    step_size: optax.Updates


def rprop(
    learning_rate: optax.ScalarOrSchedule = 1e-2,
    *,
    etas: tuple[Number, Number] = (0.5, 1.2),
    step_sizes: tuple[Number, Number] = (1e-6, 50.0),
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Rprop as PyTorch defines it (the variant called iRprop-).

    .. math::
        a_t &= g_t \cdot g'_{t-1} \\
        \Delta_t &= \mathrm{clip}(\Delta_{t-1} \cdot
            (\eta_+ \text{ if } a_t > 0, \; \eta_- \text{ if } a_t < 0, \text{ else } 1)) \\
        g'_t &= 0 \text{ if } a_t < 0, \text{ else } g_t \\
        \theta_t &= \theta_{t-1} - \Delta_t \cdot \mathrm{sign}(g'_t)

    with g'₀ = 0 and Δ₀ the learning rate. `optax.rprop` differs: as of 0.2.8 it emits the update of
    the step before, so that its first is zero, and it clips only where the step size changes.

    Args:
        learning_rate: every parameter's first step size. Of a schedule that is the first value; the
            rest is never asked for, as a scheduler moves nothing in PyTorch's.
        etas: the factors of the step size when the gradient's sign turned, and when it stayed.
        step_sizes: the smallest and the largest step size.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: the learning rate is negative, or not 0 < etas[0] < 1 < etas[1].

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import rprop
        >>> optimizer = rprop(0.5)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> optax.apply_updates(params, updates).tolist()
        [0.5, -1.5]

    References:
        Riedmiller and Braun, A direct adaptive method for faster backpropagation learning: the
        RPROP algorithm, ICNN 1993; Igel and Hüsken, Improving the Rprop learning algorithm, 2000.
        Equals `torch.optim.Rprop`.
    """
    (learning_rate,) = checked(learning_rate=learning_rate)
    minus, plus = map(concrete, etas)
    if minus is not None and plus is not None and not 0 < minus < 1 < plus:
        raise ValueError(f"etas must satisfy 0 < etas[0] < 1 < etas[1], got {etas}")
    eta_minus, eta_plus = map(number, etas)
    smallest, largest = map(number, step_sizes)

    def init(params: optax.Params) -> RpropState:
        first = learning_rate_at(learning_rate, jnp.zeros([], jnp.int32))
        zeros = optax.tree.zeros_like(params)
        return RpropState(jnp.zeros([], jnp.int32), zeros, optax.tree.full_like(params, first))

    def update(updates, state, params=None):
        del params
        agreement = jax.tree.map(jnp.multiply, updates, state.prev)

        def resize(agrees: Array, size: Array) -> Array:
            factor = jnp.where(agrees > 0, eta_plus, jnp.where(agrees < 0, eta_minus, 1.0))
            return jnp.clip(factor.astype(size.dtype) * size, smallest, largest)

        sizes = jax.tree.map(resize, agreement, state.step_size)
        # A turned sign forgets the gradient: no step now, and no second halving next time.
        gradients = jax.tree.map(lambda a, g: jnp.where(a < 0, 0.0, g), agreement, updates)
        updates = jax.tree.map(lambda g, size: -jnp.sign(g) * size, gradients, sizes)
        return updates, RpropState(state.step + 1, gradients, sizes)

    return optax.chain(
        prepare_gradient(maximize=maximize), optax.GradientTransformation(init, update)
    )
