"""Averaged stochastic gradient descent."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from jaxdl.optim._common import Number, checked, learning_rate_at, needed, prepare_gradient


class AsgdState(NamedTuple):
    """The steps taken, the next step's size and weight in the average, and the average."""

    step: Int[Array, ""]
    eta: Float[Array, ""]
    mu: Float[Array, ""]
    ax: optax.Params


def asgd(
    learning_rate: optax.ScalarOrSchedule = 1e-2,
    *,
    lambd: Number = 1e-4,
    alpha: Number = 0.75,
    t0: Number = 1e6,
    weight_decay: Number = 0.0,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Averaged stochastic gradient descent as PyTorch defines it; Optax has no such optimiser.

    .. math::
        g_t &= \nabla f(\theta_{t-1}) + \text{weight\_decay} \cdot \theta_{t-1} \\
        \eta_t &= \text{learning\_rate} / (1 + \lambda \cdot \text{learning\_rate}
            \cdot (t - 1))^\alpha \\
        \theta_t &= (1 - \lambda \eta_t) \theta_{t-1} - \eta_t g_t \\
        \mu_t &= 1 / \max(1, t - 1 - t_0) \\
        \bar\theta_t &= \bar\theta_{t-1} + \mu_t (\theta_t - \bar\theta_{t-1})

    The average is for evaluation; read it with ``optax.tree.get(state, "ax")``. Until step t0 it is
    the newest parameters themselves. PyTorch computes with η and μ in `torch.get_default_dtype()`,
    here it is the default float dtype; the state keeps both in the widest of the params' dtypes.

    Each step leaves the next one its η, so that a learning rate that changes counts from the step
    after: under a schedule, η at t is made of the value at count t - 2 (the first, of that at 0).

    Args:
        learning_rate: the first step size, or a schedule in its place.
        lambd: the decay term λ, which also sets the pace of the step size's fall.
        alpha: the power of the step size's fall.
        t0: the step after which averaging starts.
        weight_decay: the factor of the L2 penalty, added to the gradient.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`; its `update` needs the params.

    Raises:
        ValueError: an argument is negative.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import asgd
        >>> optimizer = asgd(0.25, lambd=0.0, t0=0)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> for _ in range(3):  # f(θ) = |θ|²: halves the parameters
        ...     updates, state = optimizer.update(2 * params, state, params)
        ...     params = optax.apply_updates(params, updates)
        >>> params.tolist(), optax.tree.get(state, "ax").tolist()  # the mean of steps 2 and 3
        ([0.125, -0.25], [0.1875, -0.375])

    References:
        Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, SIAM Journal on
        Control and Optimization, 1992. Equals `torch.optim.ASGD`.
    """
    learning_rate, lambd, alpha, t0, weight_decay = checked(
        learning_rate=learning_rate, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay
    )

    def init(params: optax.Params) -> AsgdState:
        step = jnp.zeros([], jnp.int32)
        dtypes = (leaf.dtype for leaf in jax.tree.leaves(params))
        dtype = max(dtypes, key=lambda dtype: dtype.itemsize, default=float)
        eta = jnp.full([], learning_rate_at(learning_rate, step), dtype)
        return AsgdState(step, eta, jnp.ones([], dtype), optax.tree.zeros_like(params))

    def weight(before):
        return 1 / jnp.maximum(1.0, before - t0)

    def update(updates, state, params=None):
        params = needed(params, "asgd")
        before = state.step.astype(float)  # t - 1
        eta = state.eta.astype(float)
        mu = weight(before)
        decay = 1 - lambd * eta

        # The new parameters are formed first: in float32 1 - λη is rounded, and in PyTorch that
        # rounding builds up in them. The update is what leads there.
        new = jax.tree.map(
            lambda p, g: decay.astype(p.dtype) * p - eta.astype(p.dtype) * g, params, updates
        )
        # (1 - μ)·ax + μ·θ, exactly θ while μ = 1
        ax = jax.tree.map(
            lambda a, p: (1 - mu).astype(p.dtype) * a + mu.astype(p.dtype) * p, state.ax, new
        )
        updates = optax.tree.sub(new, params)

        rate = learning_rate_at(learning_rate, state.step)
        next_eta = rate / (1 + lambd * rate * (before + 1)) ** alpha
        dtype = state.eta.dtype
        next_mu = weight(before + 1)
        return updates, AsgdState(state.step + 1, next_eta.astype(dtype), next_mu.astype(dtype), ax)

    return optax.chain(
        prepare_gradient(weight_decay, maximize), optax.GradientTransformation(init, update)
    )
