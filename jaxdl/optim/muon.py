"""Muon: momentum whose matrices are made orthogonal."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import lax
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
    running_mean,
)


class MuonState(NamedTuple):
    """The steps taken, for a schedule, and the running mean of the gradients."""

    step: Int[Array, ""]
    momentum_buffer: optax.Updates


def rounded(x: Float[Array, "..."]) -> Float[Array, "..."]:
    """To bfloat16's digits, in float32. A cast there and back may be left out by the compiler."""
    return lax.reduce_precision(x, exponent_bits=8, mantissa_bits=7)


def orthogonalized(
    matrix: Float[Array, "m n"],
    coefficients: tuple[Number, Number, Number],
    steps: int | Array,
    eps: Number,
) -> Float[Array, "m n"]:
    """UVᵀ of the singular value decomposition, roughly, by PyTorch's Newton-Schulz iteration.

    PyTorch's is in bfloat16: each product is summed in float32 and then rounded. So is this.
    """
    a, b, c = coefficients
    x = rounded(matrix.astype(jnp.float32))
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    norm = rounded(jnp.sqrt(jnp.sum(x * x)))
    x = rounded(x / jnp.maximum(norm, rounded(jnp.full_like(norm, eps))))

    def product(x: Array, y: Array) -> Array:
        return jnp.matmul(x, y, precision=lax.Precision.HIGHEST)

    def iterate(_, x: Array) -> Array:
        gram = rounded(product(x, x.T))
        return rounded(a * x + product(rounded(b * gram + c * product(gram, gram)), x))

    x = lax.fori_loop(0, steps, iterate, x)
    return x.T if is_tall else x


def muon(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    weight_decay: Number = 0.1,
    momentum: Number = 0.95,
    nesterov: bool = True,
    ns_coefficients: tuple[Number, Number, Number] = (3.4445, -4.7750, 2.0315),
    eps: Number = 1e-7,
    ns_steps: int | Array = 5,
    adjust_lr_fn: str | None = None,
) -> optax.GradientTransformation:
    r"""Muon as PyTorch defines it, for matrices alone.

    .. math::
        B_t &= \text{momentum} \cdot B_{t-1} + (1 - \text{momentum}) \, g_t \\
        O_t &= \mathrm{NS}((1 - \text{momentum}) \, g_t + \text{momentum} \cdot B_t
            \text{ if nesterov, else } B_t) \\
        \theta_t &= (1 - \text{learning\_rate} \cdot \text{weight\_decay}) \, \theta_{t-1}
            - \text{learning\_rate} \cdot s \cdot O_t

    NS takes ns_steps steps of X ← aX + (bXXᵀ + c(XXᵀ)²)X, from the matrix over its norm, in
    bfloat16. For a matrix of shape (A, B), s is √max(1, A/B), or 0.2 √max(A, B) with
    "match_rms_adamw".

    The layout counts: PyTorch's weight of a linear layer is (out, in), Flax's kernel (in, out).
    There s differs, and XXᵀ of a square matrix is XᵀX, another rounding: `jaxdl.optim.in_layout`
    gives the optimiser PyTorch's. Where a matrix is large, sums in another order round an element
    to its neighbour in bfloat16 now and then.

    `optax.contrib.muon` differs: it iterates in the params' dtype, corrects the momentum's bias,
    decays by 0, takes (in, out) for its s, and gives other arrays to AdamW; this refuses them.

    Args:
        learning_rate: the step size before its adjustment, or a schedule of it.
        weight_decay: how much of the learning rate the parameters shrink by.
        momentum: the decay rate of the running mean.
        nesterov: look ahead along the running mean.
        ns_coefficients: a, b and c of the iteration.
        eps: the least norm divided by.
        ns_steps: the number of steps of the iteration, below 100.
        adjust_lr_fn: None or "original", or "match_rms_adamw".

    Returns:
        The `optax.GradientTransformation`; its `update` needs the params unless weight_decay is 0.

    Raises:
        ValueError: an argument is negative, ns_steps is not below 100, adjust_lr_fn is unknown, or
            an array is not a matrix.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adamw, muon
        >>> params = {"weight": jnp.eye(2), "bias": jnp.zeros(2)}
        >>> optimizer = optax.multi_transform(
        ...     {"matrix": muon(0.02), "other": adamw(3e-4)},
        ...     {"weight": "matrix", "bias": "other"},
        ... )
        >>> updates, state = optimizer.update(params, optimizer.init(params), params)
        >>> bool(updates["weight"][0, 0] < 0), float(updates["weight"][0, 1])
        (True, 0.0)

    References:
        Jordan, Muon: An optimizer for hidden layers in neural networks, 2024; Liu et al., Muon is
        Scalable for LLM Training, 2025. Equals `torch.optim.Muon` on a CPU.
    """
    learning_rate, weight_decay, momentum, eps, _ = checked(
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        momentum=momentum,
        eps=eps,
        ns_steps=ns_steps,
    )
    if (concrete(ns_steps) or 0) >= 100:
        raise ValueError(f"ns_steps must be below 100, got {ns_steps}")
    if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
        raise ValueError(
            f'adjust_lr_fn must be None, "original" or "match_rms_adamw", got {adjust_lr_fn!r}'
        )
    a, b, c = map(number, ns_coefficients)

    def init(params: optax.Params) -> MuonState:
        for leaf in jax.tree.leaves(params):
            if leaf.ndim != 2:
                raise ValueError(
                    f"muon is for matrices, got shape {leaf.shape}: give what is none to another "
                    "optimiser by optax.multi_transform"
                )
        return MuonState(jnp.zeros([], jnp.int32), optax.tree.zeros_like(params))

    def update(updates, state, params=None):
        buffer = running_mean(momentum, state.momentum_buffer, updates)
        ahead = running_mean(momentum, buffer, updates) if nesterov else buffer
        rate = learning_rate_at(learning_rate, state.step)

        def scale(x: Array) -> Array:
            rows, columns = x.shape
            if adjust_lr_fn == "match_rms_adamw":
                ratio = 0.2 * max(rows, columns) ** 0.5
            else:
                ratio = max(1, rows / columns) ** 0.5
            return -(rate * ratio) * orthogonalized(x, (a, b, c), ns_steps, eps).astype(x.dtype)

        updates = jax.tree.map(scale, ahead)
        if not is_zero(weight_decay):
            updates = add_decoupled_decay(updates, needed(params, "muon"), rate, weight_decay)
        return updates, MuonState(state.step + 1, buffer)

    return optax.GradientTransformation(init, update)
