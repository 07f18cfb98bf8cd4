"""SparseAdam: Adam that touches only the rows that have a gradient."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int

from jaxdl.optim._common import (
    Number,
    bias_correction,
    checked,
    checked_betas,
    learning_rate_at,
    prepare_gradient,
)


class SparseAdamState(NamedTuple):
    """The steps taken, and both moments; a row's are those of its last gradient."""

    step: Int[Array, ""]
    exp_avg: optax.Updates
    exp_avg_sq: optax.Updates


def touched(gradient: Float[Array, "rows ..."]) -> Bool[Array, "rows ..."]:
    """Which rows have a gradient, each axis after the first of length 1."""
    return jnp.any(gradient != 0, axis=tuple(range(1, gradient.ndim)), keepdims=gradient.ndim > 1)


def sparse_adam(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""SparseAdam as PyTorch defines it, on dense gradients; Optax has no such optimiser.

    .. math::
        \mu_t &= \beta_1 \mu_{t-1} + (1 - \beta_1) g_t, \quad
        \nu_t = \beta_2 \nu_{t-1} + (1 - \beta_2) g_t^2 \\
        \theta_t &= \theta_{t-1} - \text{learning\_rate} \cdot
            \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot \frac{\mu_t}{\sqrt{\nu_t} + \epsilon}

    for each row (index along the first axis) whose gradient is not all zeros; the other rows keep
    their parameters and both moments. t counts every update, those that left the row alone, too.
    Unlike Adam's, eps is added to the uncorrected root.

    What is carried: `nn.Embedding(sparse=True)`, whose gradient holds the rows that were looked up.
    PyTorch goes by what the sparse gradient stores. A row that is stored although its sum is zero
    decays its moments and moves there, and is left alone here; a gradient made by
    `Tensor.to_sparse()`, which stores elements, not rows, leaves single elements of a row alone.
    Along a single axis rows are elements.

    Args:
        learning_rate: the step size, or a schedule of it. PyTorch refuses 0, this takes it.
        betas: the decay rates of the first and the second moment.
        eps: added to the uncorrected root, against division by zero. PyTorch refuses 0.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`.

    Raises:
        ValueError: an argument is negative, or a beta lies outside [0, 1).

    Example:
        >>> import jax.numpy as jnp
        >>> from jaxdl.optim import sparse_adam
        >>> optimizer = sparse_adam(0.5)
        >>> params = jnp.array([[1.0, 2.0], [3.0, 4.0]])
        >>> gradients = jnp.array([[1.0, -1.0], [0.0, 0.0]])
        >>> _, state = optimizer.update(gradients, optimizer.init(params))
        >>> updates, state = optimizer.update(gradients[::-1], state)  # now the other row
        >>> bool((updates[0] == 0).all()), bool((updates[1] != 0).all())
        (True, True)

    References:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015. Equals
        `torch.optim.SparseAdam`.
    """
    learning_rate, eps = checked(learning_rate=learning_rate, eps=eps)
    beta1, beta2 = checked_betas(betas)

    def init(params: optax.Params) -> SparseAdamState:
        # Zeros of its own for each moment: an array that stands twice in a state cannot be donated.
        exp_avg, exp_avg_sq = optax.tree.zeros_like(params), optax.tree.zeros_like(params)
        return SparseAdamState(jnp.zeros([], jnp.int32), exp_avg, exp_avg_sq)

    def update(updates, state, params=None):
        del params
        step = state.step + 1
        rows = jax.tree.map(touched, updates)
        exp_avg = jax.tree.map(
            lambda row, g, m: jnp.where(row, beta1 * m + (1 - beta1) * g, m),
            rows,
            updates,
            state.exp_avg,
        )
        exp_avg_sq = jax.tree.map(
            lambda row, g, v: jnp.where(row, beta2 * v + (1 - beta2) * g * g, v),
            rows,
            updates,
            state.exp_avg_sq,
        )
        rate = learning_rate_at(learning_rate, state.step)
        root_correction = jnp.sqrt(bias_correction(beta2, step))
        step_size = rate * root_correction / bias_correction(beta1, step)

        def scale(row: Array, m: Array, v: Array) -> Array:
            return jnp.where(row, -step_size.astype(m.dtype) * m / (jnp.sqrt(v) + eps), 0.0)

        updates = jax.tree.map(scale, rows, exp_avg, exp_avg_sq)
        return updates, SparseAdamState(step, exp_avg, exp_avg_sq)

    return optax.chain(
        prepare_gradient(maximize=maximize), optax.GradientTransformation(init, update)
    )
