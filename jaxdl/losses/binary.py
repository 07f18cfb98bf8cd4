"""Losses of yes and no: binary cross-entropy of probabilities and of logits, soft margins."""

from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array, Float, Shaped

from jaxdl.losses._common import SMALLEST, AnyArray, broadcast, check_same_shape, reduce, together

LOG_OF_0 = -100.0  # where PyTorch ends the logarithm


def binary_cross_entropy(
    input: Float[AnyArray, "*shape"],
    target: Shaped[AnyArray, "*shape"],
    *,
    weight: Float[AnyArray, "..."] | None = None,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """-(target · log(input) + (1 - target) · log(1 - input)), the logarithms at least -100.

    The gradient by input is PyTorch's: (input - target) / max(input (1 - input), 1e-12), which does
    not vanish where a logarithm has ended.

    Args:
        input: probabilities from 0 to 1, of any shape.
        target: as often yes as this, from 0 to 1.
        weight: a factor for each element; broadcast to the shape of input.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of input. nan for an input outside of 0 to 1, for which
        PyTorch raises an error.

    Raises:
        ValueError: an unknown reduction, a target or weight in another shape.

    References:
        Equals `torch.nn.functional.binary_cross_entropy`, `torch.nn.BCELoss`. Optax has none of
        probabilities.
    """
    check_same_shape(input=input, target=target)
    input, target = together(input, target)
    return reduce(_weighted(_bernoulli(input, target), weight), reduction)


@jax.custom_jvp
def _bernoulli(p: Float[Array, "*s"], target: Float[Array, "*s"]) -> Float[Array, "*s"]:
    log_yes, log_no = jnp.log(p), jnp.log1p(-p)
    return (target - 1) * jnp.maximum(log_no, LOG_OF_0) - target * jnp.maximum(log_yes, LOG_OF_0)


def _bernoulli_jvp(primals: Any, tangents: Any) -> Any:
    (p, target), (by_p, by_target) = primals, tangents
    value, change = _bernoulli(p, target), jnp.zeros_like(p)
    if not isinstance(by_p, SymbolicZero):
        change = change + (p - target) / jnp.maximum((1 - p) * p, SMALLEST) * by_p
    # Only where it is asked for: infinite at 0 and 1, and 0 · ∞ is nan.
    if not isinstance(by_target, SymbolicZero):
        change = change + (jnp.log(1 - p) - jnp.log(p)) * by_target
    return value, change


_bernoulli.defjvp(_bernoulli_jvp, symbolic_zeros=True)


def binary_cross_entropy_with_logits(
    input: Float[AnyArray, "*shape"],
    target: Shaped[AnyArray, "*shape"],
    *,
    weight: Float[AnyArray, "..."] | None = None,
    reduction: str = "mean",
    pos_weight: Float[AnyArray, "..."] | None = None,
) -> Float[Array, "..."]:
    """-(pos_weight · target · log σ(input) + (1 - target) · log σ(-input)), for any logit exact.

    Args:
        input: logits of any shape.
        target: as often yes as this, from 0 to 1.
        weight: a factor for each element; broadcast to the shape of input.
        reduction: "mean", "sum" or "none".
        pos_weight: how much more a yes counts than a no; broadcast to the shape of input.

    Returns:
        A scalar; with "none" the shape of input.

    Raises:
        ValueError: an unknown reduction, a target or weight in another shape.

    References:
        Equals `torch.nn.functional.binary_cross_entropy_with_logits`, `torch.nn.BCEWithLogitsLoss`.
        `optax.sigmoid_binary_cross_entropy` is it without weights and reduction.
    """
    check_same_shape(input=input, target=target)
    input, target = together(input, target)
    log_yes = jax.nn.log_sigmoid(input)
    if pos_weight is not None:
        input, target, log_yes, pos_weight = together(input, target, log_yes, pos_weight)
        factor = _fitted(pos_weight - 1, input, "pos_weight")
        log_yes = log_yes * (factor * target + 1)
    return reduce(_weighted((1 - target) * input - log_yes, weight), reduction)


def soft_margin_loss(
    input: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """log(1 + exp(-target · input)) for targets of 1 and -1.

    The formula as it stands, as in PyTorch: beyond the largest exponent, 88 in float32 and 709 in
    float64, it is infinite and its gradient nan. `binary_cross_entropy_with_logits` of (1 + target)
    / 2 is the same loss without this end.

    Args:
        input: logits of any shape.
        target: 1 or -1; shapes are broadcast.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.soft_margin_loss`, `torch.nn.SoftMarginLoss`.
        `optax.sigmoid_binary_cross_entropy`, of labels 1 and 0, stays finite.
    """
    input, target = together(input, target)
    input, target = broadcast(input=input, target=target)
    return reduce(jnp.log1p(jnp.exp(-target * input)), reduction)


def multilabel_soft_margin_loss(
    input: Float[AnyArray, "*batch classes"],
    target: Shaped[AnyArray, "..."],
    *,
    weight: Float[AnyArray, "..."] | None = None,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """Binary cross-entropy of the logits, its mean over the classes, the last axis.

    Args:
        input: logits, (..., classes).
        target: 1 where the class applies, else 0; broadcast with input.
        weight: a factor for each class; broadcast.
        reduction: "mean", "sum" or "none", over what is left.

    Returns:
        A scalar; with "none" one number a set of classes, (...).

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.multilabel_soft_margin_loss`,
        `torch.nn.MultiLabelSoftMarginLoss`. `optax.sigmoid_binary_cross_entropy` is it before the
        mean over the classes.
    """
    input, target = together(input, target)
    if input.ndim == 0:
        raise ValueError(f"input must have an axis of classes, got shape {input.shape}")
    input, target = broadcast(input=input, target=target)
    loss = -(target * jax.nn.log_sigmoid(input) + (1 - target) * jax.nn.log_sigmoid(-input))
    return reduce(jnp.mean(_weighted(loss, weight), axis=-1), reduction)


def _weighted(loss: Array, weight: AnyArray | None) -> Array:
    if weight is None:
        return loss
    loss, weight = together(loss, weight)
    return loss * _fitted(weight, loss, "weight")


def _fitted(weight: Array, loss: Array, name: str) -> Array:
    """The weight in the loss's shape; ValueError where it would be the loss that is stretched."""
    (fitted, _) = broadcast(**{name: weight, "input": loss})
    if fitted.shape != loss.shape:
        raise ValueError(f"{name} must fit input, got {name} {weight.shape}, input {loss.shape}")
    return fitted
