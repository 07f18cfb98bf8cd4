"""Adafactor: a second moment kept as one row and one column of a matrix."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from jaxdl.optim._common import (
    Number,
    add_decoupled_decay,
    checked,
    concrete,
    is_zero,
    learning_rate_at,
    needed,
    number,
    prepare_gradient,
)


class AdafactorState(NamedTuple):
    """The steps taken, and the second moment: of matrices row and column, of the others whole.

    Where a parameter has none of a kind stands `optax.MaskedNode()`.
    """

    step: Int[Array, ""]
    row_var: optax.Updates
    col_var: optax.Updates
    variance: optax.Updates


def root_mean_square(x: Float[Array, "..."]) -> Float[Array, ""]:
    """In the default float dtype."""
    wide = x.astype(float)
    return jnp.sqrt(jnp.mean(wide * wide))


def adafactor(
    learning_rate: optax.ScalarOrSchedule = 1e-2,
    *,
    beta2_decay: Number = -0.8,
    eps: tuple[Number | None, Number] = (None, 1e-3),
    d: Number = 1.0,
    weight_decay: Number = 0.0,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""Adafactor as PyTorch defines it.

    .. math::
        \beta_t &= 1 - t^{\text{beta2\_decay}}, \quad
        \alpha_t = \max(\epsilon_2, \mathrm{RMS}(\theta_{t-1}))
            \min(\text{learning\_rate}, 1 / \sqrt t) \\
        R_t &= \beta_t R_{t-1} + (1 - \beta_t) \, \text{row means of } g_t^2, \quad
        C_t = \beta_t C_{t-1} + (1 - \beta_t) \, \text{column means of } g_t^2 \\
        V_t &= R_t C_t / \max(\text{mean of } R_t, \epsilon_1), \quad
        U_t = g_t / \sqrt{\max(V_t, \epsilon_1^2)} \\
        \theta_t &= (1 - \text{learning\_rate} \cdot \text{weight\_decay}) \, \theta_{t-1}
            - \alpha_t U_t / \max(1, \mathrm{RMS}(U_t) / d)

    with R and C along the last two axes; of a vector or scalar V is the running mean of g² itself.

    `optax.adafactor` differs: it leaves matrices whole that are smaller than 128, and factors along
    the two largest axes; 1 / √t does not bound its learning rate, which does not scale its weight
    decay; and 1e-30, added to g², stands for both ε₁.

    In Flax's layout the last two axes of a convolution's kernel are not those of PyTorch's:
    `jaxdl.optim.in_layout` gives the optimiser PyTorch's.

    Args:
        learning_rate: the largest relative step size, or a schedule of it.
        beta2_decay: the power of t, at most 0, by which the second moment forgets less and less.
        eps: the least root of the second moment, by default the dtype's epsilon; and the least
            RMS of the parameters that a step is made for.
        d: the largest RMS of an unscaled step, at least 1.
        weight_decay: how much of the learning rate the parameters shrink by.
        maximize: ascend instead of descending.

    Returns:
        The `optax.GradientTransformation`; its `update` needs the params.

    Raises:
        ValueError: an argument is negative, beta2_decay is positive, or d is below 1.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adafactor
        >>> optimizer = adafactor(0.5)
        >>> params = jnp.array([1.0, -1.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> optax.apply_updates(params, updates).tolist()  # by half of their RMS
        [0.5, -0.5]

    References:
        Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018.
        Equals `torch.optim.Adafactor`.
    """
    learning_rate, smallest_rms, weight_decay = checked(
        learning_rate=learning_rate, eps=eps[1], weight_decay=weight_decay
    )
    smallest_root = None if eps[0] is None else checked(eps=eps[0])[0]
    for name, value, wanted in (("beta2_decay", beta2_decay, "at most 0"), ("d", d, "at least 1")):
        known = concrete(value)
        if known is not None and not (known <= 0 if name == "beta2_decay" else known >= 1):
            raise ValueError(f"{name} must be {wanted}, got {value}")
    power, largest = number(beta2_decay), number(d)

    def init(params: optax.Params) -> AdafactorState:
        def zeros(p: Array, *, matrix: bool, axis: int | None = None) -> Any:
            if matrix != (p.ndim > 1):
                return optax.MaskedNode()
            shape = list(p.shape)
            if axis is not None:
                shape[axis] = 1
            return jnp.zeros(shape, p.dtype)

        return AdafactorState(
            step=jnp.zeros([], jnp.int32),
            row_var=jax.tree.map(lambda p: zeros(p, matrix=True, axis=-1), params),
            col_var=jax.tree.map(lambda p: zeros(p, matrix=True, axis=-2), params),
            variance=jax.tree.map(lambda p: zeros(p, matrix=False), params),
        )

    def update(updates, state, params=None):
        params = needed(params, "adafactor")
        t = (state.step + 1).astype(float)
        newest = t**power  # 1 - β
        rate = learning_rate_at(learning_rate, state.step)
        relative = jnp.minimum(rate, 1 / jnp.sqrt(t))

        def follow(old: Array, new: Array) -> Array:
            return old + newest.astype(old.dtype) * (new - old)

        def step(g: Array, p: Array, row: Any, col: Any, variance: Any) -> tuple:
            root = float(jnp.finfo(p.dtype).eps) if smallest_root is None else smallest_root
            square = g * g
            if g.ndim > 1:
                row = follow(row, jnp.mean(square, axis=-1, keepdims=True))
                col = follow(col, jnp.mean(square, axis=-2, keepdims=True))
                estimate = row * col / jnp.maximum(jnp.mean(row, axis=-2, keepdims=True), root)
            else:
                estimate = variance = follow(variance, square)
            u = g / jnp.sqrt(jnp.maximum(estimate, root * root))
            size = jnp.maximum(smallest_rms, root_mean_square(p)) * relative
            size = size / jnp.maximum(1.0, root_mean_square(u) / largest)
            return -size.astype(u.dtype) * u, row, col, variance

        gradients, tree = jax.tree.flatten(updates)
        others = (params, state.row_var, state.col_var, state.variance)
        columns = map(tree.flatten_up_to, others)
        results = [step(*leaf) for leaf in zip(gradients, *columns, strict=True)]
        parts = list(zip(*results, strict=True)) or [()] * 4
        updates, *moments = (tree.unflatten(part) for part in parts)
        if not is_zero(weight_decay):
            updates = add_decoupled_decay(updates, params, rate, weight_decay)
        return updates, AdafactorState(state.step + 1, *moments)

    return optax.chain(
        prepare_gradient(maximize=maximize), optax.GradientTransformation(init, update)
    )
