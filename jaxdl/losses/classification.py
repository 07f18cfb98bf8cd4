"""Losses of one class among several: negative log-likelihood and cross-entropy.

The classes stand on axis 1, on axis 0 where there is no batch; any number of further axes may
follow: (N, C), (N, C, d1, d2, ...), (C,). Flax's convolutions have them last: `jnp.moveaxis`.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Shaped

from jaxdl.losses._common import (
    AnyArray,
    check_integers,
    check_reduction,
    log_softmax,
    poison,
    reduce,
    together,
)


def nll_loss(
    input: Float[AnyArray, "..."],
    target: Int[AnyArray, "..."],
    *,
    weight: Float[AnyArray, " classes"] | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """-weight[target] · input[target]: what the class that was right is given.

    The mean is divided by the sum of weight[target]; of nothing, or where all are ignored, it is
    nan with gradient 0.

    Args:
        input: logarithms of probabilities, (N, C), (N, C, d1, ...) or (C,).
        target: class indices, the shape of input without the axis of classes.
        weight: a factor for each class, (C,).
        ignore_index: a target that counts nowhere.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of target. nan for an index outside of 0 to C - 1, for
        which PyTorch raises an error.

    Raises:
        ValueError: an unknown reduction, a target that is no index, shapes that do not fit.

    References:
        Equals `torch.nn.functional.nll_loss`, `torch.nn.NLLLoss`, `torch.nn.NLLLoss2d`. Optax has
        none of log-probabilities.
    """
    (input,) = together(input)
    target, weight = jnp.asarray(target), _class_weight(weight, input)
    _check_target(input, target)
    loss, factor = _nll(input, target, weight, ignore_index)
    return _reduced(loss, factor, reduction)


def cross_entropy(
    input: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    weight: Float[AnyArray, " classes"] | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Float[Array, "..."]:
    """`nll_loss` of log_softmax(input); of probabilities, -Σ weight · target · log_softmax(input).

    With label smoothing the target is (1 - label_smoothing) of itself and label_smoothing / C of
    every class. The mean over class indices is divided by the sum of weight[target], with
    probabilities by the number of targets, whatever the weights.

    Args:
        input: logits, (N, C), (N, C, d1, ...) or (C,).
        target: class indices, the shape of input without the axis of classes; or probabilities in
            the shape of input.
        weight: a factor for each class, (C,).
        ignore_index: a class index that counts nowhere.
        reduction: "mean", "sum" or "none".
        label_smoothing: from 0 to 1.

    Returns:
        A scalar; with "none" the shape of input without the axis of classes. nan for an index
        outside of 0 to C - 1, for which PyTorch raises an error; nan with gradient 0 where all are
        ignored.

    Raises:
        ValueError: an unknown reduction, a label_smoothing outside of 0 to 1, an ignore_index of
            probabilities, shapes that do not fit.

    References:
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016 (label
        smoothing). Equals `torch.nn.functional.cross_entropy`, `torch.nn.CrossEntropyLoss`.
        `optax.softmax_cross_entropy_with_integer_labels` and `optax.softmax_cross_entropy` have
        the classes last and none of weight, ignored index, smoothing and reduction.
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be from 0 to 1, got {label_smoothing}")
    (input,) = together(input)
    target = jnp.asarray(target)
    if input.shape == target.shape:
        return _of_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    _check_target(input, target)
    weight = _class_weight(weight, input)
    log_p = log_softmax(input, _class_axis(input))
    loss, factor = _nll(log_p, target, weight, ignore_index)
    loss = _reduced(loss, factor, reduction)
    if not label_smoothing:
        return loss
    uniform = -jnp.sum(_times(log_p, weight), axis=_class_axis(input))
    uniform = jnp.where(target == ignore_index, jnp.zeros_like(uniform), uniform)
    share = label_smoothing / input.shape[_class_axis(input)]
    return (1 - label_smoothing) * loss + share * _reduced(uniform, factor, reduction)


def linear_cross_entropy(
    input: Float[AnyArray, "*batch features"],
    linear_weight: Float[AnyArray, "classes *out features"],
    target: Shaped[AnyArray, "..."],
    *,
    linear_bias: Float[AnyArray, "..."] | None = None,
    weight: Float[AnyArray, " classes"] | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> Float[Array, "..."]:
    """`cross_entropy` of the logits input · linear_weightᵀ + linear_bias.

    PyTorch's `options`, which let it compute the same numbers in pieces to save memory, are not
    here.

    Args:
        input: (N, features) or (features,).
        linear_weight: (C, features), as PyTorch has it: the transpose of a Flax kernel; or (C, d1,
            ..., features).
        target: class indices, (N,), (N, d1, ...) or (); or probabilities in the shape of the
            logits, (N, C, d1, ...).
        linear_bias: the shape of linear_weight without the features.
        weight: a factor for each class, (C,).
        reduction: "mean", "sum" or "none".
        ignore_index: a class index that counts nowhere; None: -100.
        label_smoothing: from 0 to 1.

    Returns:
        A scalar; with "none" the shape of the logits without the axis of classes.

    Raises:
        ValueError: as `cross_entropy`; features that do not fit.

    References:
        Equals `torch.nn.functional.linear_cross_entropy`, `torch.nn.LinearCrossEntropyLoss`. Optax
        has no such loss.
    """
    input, linear_weight = together(input, linear_weight)
    batched = 1 <= input.ndim <= 2 and (input.ndim == 2 or linear_weight.ndim == 2)
    if not batched or linear_weight.ndim < 2 or input.shape[-1] != linear_weight.shape[-1]:
        raise ValueError(
            f"linear_weight must be (classes, ..., features) of input (..., features), "
            f"got linear_weight {linear_weight.shape}, input {input.shape}"
        )
    logits = jnp.tensordot(input, linear_weight, (-1, -1))
    if linear_bias is not None:
        logits, linear_bias = together(logits, linear_bias)
        if linear_bias.shape != linear_weight.shape[:-1]:
            raise ValueError(
                f"linear_bias must be {linear_weight.shape[:-1]}, got {linear_bias.shape}"
            )
        logits = logits + jnp.broadcast_to(linear_bias, logits.shape)
    if ignore_index is not None and logits.shape == jnp.shape(target):
        raise ValueError(f"ignore_index is of class indices, got {ignore_index} of probabilities")
    return cross_entropy(
        logits,
        target,
        weight=weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def _of_probabilities(
    input: Array,
    target: Array,
    weight: AnyArray | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Array:
    if not jnp.issubdtype(target.dtype, jnp.floating):
        raise ValueError(
            f"target in the shape of input must be probabilities, got {target.dtype} {target.shape}"
        )
    if ignore_index >= 0:
        raise ValueError(f"ignore_index is of class indices, got {ignore_index} of probabilities")
    axis, weight = _class_axis(input), _class_weight(weight, input)
    log_p, target = together(log_softmax(input, axis), target)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[axis]
    loss = -jnp.sum(_times(log_p * target, weight), axis=axis)
    return reduce(loss, reduction)


def _class_axis(input: Array) -> int:
    if input.ndim == 0:
        raise ValueError(f"input must have an axis of classes, got shape {input.shape}")
    return min(1, input.ndim - 1)


def _check_target(input: Array, target: Array) -> None:
    axis = _class_axis(input)
    shape = input.shape[:axis] + input.shape[axis + 1 :]
    if target.shape != shape:
        raise ValueError(
            f"target must be {shape} class indices for input {input.shape}, got {target.shape}"
        )
    check_integers(target)


def _class_weight(weight: AnyArray | None, input: Array) -> Array | None:
    if weight is None:
        return None
    classes = input.shape[_class_axis(input)]
    if jnp.shape(weight) != (classes,):
        raise ValueError(f"weight must be ({classes},), one a class, got {jnp.shape(weight)}")
    return jnp.asarray(weight).astype(input.dtype)


def _times(values: Array, weight: Array | None) -> Array:
    """Each class times its weight."""
    if weight is None:
        return values
    shape = [1] * values.ndim
    shape[_class_axis(values)] = -1
    values, weight = together(values, weight.reshape(shape))
    return values * jnp.broadcast_to(weight, values.shape)


def _nll(
    log_p: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array]:
    """The loss of each target and the weight of its class, both 0 where it is ignored."""
    axis = _class_axis(log_p)
    classes = log_p.shape[axis]
    kept = target != ignore_index
    within = (target >= 0) & (target < classes)
    index = jnp.where(within, target, 0)
    # Picked by comparison: as fast as an index, and its gradient is no scatter.
    classes_along = jnp.arange(classes, dtype=index.dtype)
    classes_along = classes_along.reshape([-1 if i == axis else 1 for i in range(log_p.ndim)])
    chosen = jnp.broadcast_to(classes_along, log_p.shape) == jnp.broadcast_to(
        jnp.expand_dims(index, axis), log_p.shape
    )
    picked = jnp.sum(jnp.where(chosen, log_p, jnp.zeros_like(log_p)), axis=axis)
    factor = jnp.ones_like(picked) if weight is None else weight[index]
    loss = poison(-picked * factor, within | ~kept)
    zero = jnp.zeros_like(loss)
    return jnp.where(kept, loss, zero), jnp.where(kept, factor, zero)


def _reduced(loss: Array, factor: Array, reduction: str) -> Array:
    check_reduction(reduction)
    if reduction == "mean":
        return jnp.sum(loss) / jnp.sum(factor)
    return reduce(loss, reduction)
