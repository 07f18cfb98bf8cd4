"""Adaptive softmax: many classes, the rare ones behind smaller layers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from jaxdl.losses._common import AnyArray, check_integers, log_softmax, poison, together

Parameters = Mapping[str, Any]


class AdaptiveLoss(NamedTuple):
    """What `adaptive_log_softmax_with_loss` returns."""

    output: Float[Array, "..."]  # the log-probability of each target
    loss: Float[Array, ""]  # minus their mean


def adaptive_log_softmax_with_loss(
    params: Parameters,
    input: Float[AnyArray, "*batch features"],
    target: Int[AnyArray, "*batch"],
) -> AdaptiveLoss:
    """The log-probability of each target under `adaptive_log_softmax`, and minus their mean.

    All clusters are computed for all examples: shapes under `jax.jit` know nothing of the targets.

    Args:
        params: as `adaptive_log_softmax` has them.
        input: (N, features), or (features,).
        target: class indices, (N,), or (); the most frequent classes have the lowest.

    Returns:
        output, in the shape of target, and loss, a scalar. nan for an index outside of 0 to
        classes - 1, for which PyTorch raises an error.

    Raises:
        ValueError: a target that is no index, shapes that do not fit.

    References:
        Grave et al., Efficient softmax approximation for GPUs, 2017. Equals
        `torch.nn.AdaptiveLogSoftmaxWithLoss`. Optax has no such loss.
    """
    target = jnp.asarray(target)
    check_integers(target)
    if target.ndim > 1 or target.shape != jnp.shape(input)[:-1]:
        raise ValueError(
            "target must be (N,) of input (N, features), or () of (features,), "
            f"got target {target.shape}, input {jnp.shape(input)}"
        )
    input, head, tail = _layers(params, jnp.atleast_2d(input))
    targets = jnp.atleast_1d(target)
    shortlist = head.shape[1] - len(tail)

    output = jnp.zeros_like(head[:, 0])
    index, low = targets, shortlist  # into the head: the class itself, or its cluster
    for i, kernels in enumerate(tail):
        log_p = _cluster(input, kernels)
        high = low + log_p.shape[1]
        here = (targets >= low) & (targets < high)
        picked = _pick(log_p, jnp.where(here, targets - low, 0))
        output = output + jnp.where(here, picked, jnp.zeros_like(picked))
        index, low = jnp.where(here, shortlist + i, index), high
    within = (targets >= 0) & (targets < low)
    output = poison(output + _pick(head, jnp.where(within, index, 0)), within)
    return AdaptiveLoss(output.reshape(target.shape), -jnp.mean(output))


def adaptive_log_softmax(
    params: Parameters, input: Float[AnyArray, "batch features"]
) -> Float[Array, "batch classes"]:
    """The logarithm of the probability of every class.

    Its argmax over the last axis is what `torch.nn.AdaptiveLogSoftmaxWithLoss.predict` gives.

    Args:
        params: "head", with a kernel (features, shortlist + clusters) and, or not, a bias, and
            "tail", for each cluster two layers with a kernel: (features, smaller) and (smaller,
            classes of the cluster). PyTorch's names, its weights transposed; its cutoffs follow
            from the shapes.
        input: (N, features).

    Returns:
        (N, classes).

    Raises:
        ValueError: shapes that do not fit.

    References:
        Equals `torch.nn.AdaptiveLogSoftmaxWithLoss.log_prob`.
    """
    input, head, tail = _layers(params, input)
    shortlist = head.shape[1] - len(tail)
    parts = [head[:, :shortlist]]
    for i, kernels in enumerate(tail):
        log_p = _cluster(input, kernels)
        parts.append(log_p + jnp.broadcast_to(head[:, shortlist + i, None], log_p.shape))
    return jnp.concatenate(parts, axis=1)


def _layers(params: Parameters, input: AnyArray) -> tuple[Array, Array, list[list[Array]]]:
    """The input, the head's log-probabilities and the tail's kernels, all in one dtype."""
    pairs = [[layer["kernel"] for layer in cluster] for cluster in params["tail"]]
    kernel, bias = params["head"]["kernel"], params["head"].get("bias")
    flat = [kernel, *(kernel for pair in pairs for kernel in pair)]
    shapes = [jnp.shape(array) for array in (input, *flat)]
    fits = all(len(shape) == 2 for shape in shapes)
    fits = fits and all(shapes[0][1] == shape[0] for shape in (shapes[1], *shapes[2::2]))
    fits = fits and all(a[1] == b[0] for a, b in zip(shapes[2::2], shapes[3::2], strict=True))
    if not fits or shapes[1][1] <= len(pairs):
        raise ValueError(f"input {shapes[0]} does not fit head {shapes[1]}, tail {shapes[2:]}")
    input, kernel, *flat = together(input, *flat)
    logits = input @ kernel
    if bias is not None:
        logits, bias = together(logits, bias)
        logits = logits + jnp.broadcast_to(bias, logits.shape)
    tail = [flat[i : i + 2] for i in range(0, len(flat), 2)]
    return input, log_softmax(logits, 1), tail


def _cluster(input: Array, kernels: list[Array]) -> Array:
    first, second = kernels
    return log_softmax(input @ first @ second, 1)


def _pick(log_p: Array, index: Array) -> Array:
    return jnp.take_along_axis(log_p, index[:, None], axis=1)[:, 0]
