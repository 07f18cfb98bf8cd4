"""Losses of a difference: L1, mean squared error, smooth L1, Huber."""

import warnings

import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Shaped

from jaxdl.losses._common import (
    AnyArray,
    absolute,
    broadcast,
    check_reduction,
    check_same_shape,
    reduce,
)
from jaxdl.losses._common import together as promoted


def l1_loss(
    input: Inexact[AnyArray, "*shape"],
    target: Shaped[AnyArray, "..."],
    *,
    reduction: str = "mean",
    weight: Float[AnyArray, "*shape"] | None = None,
) -> Float[Array, "..."]:
    """The absolute difference |input - target|; its slope at 0 is 0.

    With `weight` the mean is the weighted one: it is divided by the sum of the weights.

    Args:
        input: predictions of any shape; complex ones, too.
        target: in the shape of input; another one is broadcast, with a warning.
        reduction: "mean", "sum" or "none".
        weight: a factor for each element, in the shape of input.

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit, an input of integers.

    References:
        Equals `torch.nn.functional.l1_loss`, `torch.nn.L1Loss`. Optax has no such loss.
    """
    difference = _difference(input, target)
    return _weighted(absolute(difference), input, weight, reduction)


def mse_loss(
    input: Float[AnyArray, "*shape"],
    target: Shaped[AnyArray, "..."],
    *,
    reduction: str = "mean",
    weight: Float[AnyArray, "*shape"] | None = None,
) -> Float[Array, "..."]:
    """The squared difference (input - target)².

    With `weight` the mean is the weighted one: it is divided by the sum of the weights.

    Args:
        input: predictions of any shape.
        target: in the shape of input; another one is broadcast, with a warning.
        reduction: "mean", "sum" or "none".
        weight: a factor for each element, in the shape of input.

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit, an input of integers.

    References:
        Equals `torch.nn.functional.mse_loss`, `torch.nn.MSELoss`. `optax.squared_error` is it
        without reduction; `optax.l2_loss` is half of it.
    """
    difference = _difference(input, target)
    return _weighted(difference * difference, input, weight, reduction)


def smooth_l1_loss(
    input: Float[AnyArray, "*shape"],
    target: Shaped[AnyArray, "..."],
    *,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Float[Array, "..."]:
    """½ d² / beta where |d| < beta, else |d| - ½ beta, for the difference d = input - target.

    Args:
        input: predictions of any shape.
        target: in the shape of input; another one is broadcast, with a warning.
        reduction: "mean", "sum" or "none".
        beta: where the parabola goes over into the line; 0: `l1_loss`.

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: a negative beta, an unknown reduction, shapes that do not fit.

    References:
        Girshick, Fast R-CNN, 2015. Equals `torch.nn.functional.smooth_l1_loss`,
        `torch.nn.SmoothL1Loss`. `optax.huber_loss` with delta=beta is beta times this.
    """
    if beta < 0:
        raise ValueError(f"beta must be at least 0, got {beta}")
    distance = absolute(_difference(input, target))
    return reduce(_parabola_and_line(distance, beta) if beta else distance, reduction)


def huber_loss(
    input: Float[AnyArray, "*shape"],
    target: Shaped[AnyArray, "..."],
    *,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Float[AnyArray, "*shape"] | None = None,
) -> Float[Array, "..."]:
    """½ d² where |d| ≤ delta, else delta (|d| - ½ delta), for the difference d = input - target.

    Unlike those of `l1_loss` and `mse_loss`, the mean with `weight` is divided by the number of
    elements.

    Args:
        input: predictions of any shape.
        target: in the shape of input; another one is broadcast, with a warning.
        reduction: "mean", "sum" or "none".
        delta: where the parabola goes over into the line.
        weight: a factor for each element, in the shape of input.

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: a delta not above 0, an unknown reduction, shapes that do not fit.

    References:
        Huber, Robust Estimation of a Location Parameter, 1964. Equals
        `torch.nn.functional.huber_loss`, `torch.nn.HuberLoss`. `optax.huber_loss` is the same
        function with the same delta, without reduction.
    """
    if not delta > 0:
        raise ValueError(f"delta must be above 0, got {delta}")
    distance = absolute(_difference(input, target))
    loss = _parabola_and_line(distance, delta) * delta
    if weight is not None:
        check_same_shape(input=input, weight=weight)
        loss, factor = promoted(loss, weight)
        loss = loss * factor
    return reduce(loss, reduction)


def _difference(input: AnyArray, target: AnyArray) -> Array:
    """Input - target, with PyTorch's warning where one of them is stretched."""
    if jnp.shape(input) != jnp.shape(target):
        warnings.warn(
            f"target {jnp.shape(target)} is broadcast with input {jnp.shape(input)}: "
            "the loss is of other pairs than one a prediction",
            stacklevel=3,
        )
    values, targets = promoted(input, target)
    values, targets = broadcast(input=values, target=targets)
    return values - targets


def _parabola_and_line(distance: Array, width: float) -> Array:
    """½ d² / width up to width, then d - ½ width: the smaller part squared, the rest as it is."""
    near = jnp.minimum(distance, width)
    return 0.5 * near * (near / width) + (distance - near)


def _weighted(loss: Array, input: AnyArray, weight: AnyArray | None, reduction: str) -> Array:
    check_reduction(reduction)
    if weight is None:
        return reduce(loss, reduction)
    check_same_shape(input=input, weight=weight)
    loss, factors = promoted(loss, weight)
    total = jnp.sum(factors)
    (factors, _) = broadcast(weight=factors, loss=loss)
    loss = loss * factors
    return jnp.sum(loss) / total if reduction == "mean" else reduce(loss, reduction)
