"""Connectionist temporal classification: the loss of a sequence whose alignment nobody knows."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Int

from jaxdl.losses._common import AnyArray, check_integers, check_reduction, reduce, together

Lengths = Int[AnyArray, "..."] | Sequence[int] | int


def ctc_loss(
    log_probs: Float[AnyArray, "time *batch classes"],
    targets: Int[AnyArray, "..."],
    input_lengths: Lengths,
    target_lengths: Lengths,
    *,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Float[Array, "..."]:
    """-log of the probability of all ways to spell the target with blanks and repetitions.

    The gradient is PyTorch's, exp(log_probs) less the probability that the class is spelled then:
    the derivative by log_probs where they are log_softmax of something, and by the something.

    Written here since `optax.ctc_loss` differs where alignments are impossible: it works with
    -1e5 for the logarithm of 0, so that a target that is too long costs about 1e5 instead of
    infinity and `zero_infinity` has nothing to find. It takes logits (batch, time, classes) and
    paddings instead of lengths, normalises itself, and reduces nothing.

    Args:
        log_probs: logarithms of probabilities, (T, N, C), or (T, C) of one sequence.
        targets: class indices, (N, S), of which the lengths count; or all of them behind each other
            (sum of target_lengths,).
        input_lengths: how many of the T times count, (N,), or a number of one sequence.
        target_lengths: how many targets count, (N,), or a number of one sequence.
        blank: the class that spells nothing.
        reduction: "mean" (each loss over its target's length, at least 1, then over the batch),
            "sum" or "none".
        zero_infinity: 0, and no gradient, where no alignment is possible.

    Returns:
        A scalar; with "none" (N,), or () of one sequence. Where no alignment is possible it is
        infinite with gradient nan, as in PyTorch; where a log-probability is -inf, its gradient is
        0 and not PyTorch's nan. nan for a target or a length out of range, for which PyTorch raises
        an error.

    Raises:
        ValueError: a blank that is no class, an unknown reduction, shapes that do not fit.

    References:
        Graves et al., Connectionist Temporal Classification, 2006. Equals
        `torch.nn.functional.ctc_loss`, `torch.nn.CTCLoss`.
    """
    check_reduction(reduction)
    (log_probs,), targets = together(log_probs, name="log_probs"), jnp.asarray(targets)
    check_integers(targets)
    one = log_probs.ndim == 2
    if log_probs.ndim not in (2, 3):
        raise ValueError(f"log_probs must be (T, N, C) or (T, C), got {log_probs.shape}")
    if one:
        log_probs = log_probs[:, None]
    steps, batch, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise ValueError(f"blank must be from 0 to {classes - 1}, got {blank}")
    lengths = [
        _lengths(value, batch, name)
        for name, value in (("input_lengths", input_lengths), ("target_lengths", target_lengths))
    ]
    if targets.ndim == 1:
        labels, whole = _unpacked(targets, target_lengths, lengths[1])
    else:
        labels, whole = targets, jnp.ones(batch, bool)
        if labels.ndim != 2 or labels.shape[0] != batch:
            raise ValueError(f"targets must be ({batch}, S) or one axis, got {targets.shape}")
    counted = jnp.arange(labels.shape[1])[None, :] < lengths[1][:, None]
    sound = whole & (lengths[0] >= 0) & (lengths[0] <= steps)
    sound &= (lengths[1] >= 0) & (lengths[1] <= labels.shape[1])
    sound &= (~counted | ((labels >= 0) & (labels < classes))).all(axis=1)
    labels = jnp.where(counted, jnp.clip(labels, 0, classes - 1), blank)

    loss = _alignments(blank, zero_infinity, log_probs, labels, *lengths)
    loss = jnp.where(sound, loss, jnp.full_like(loss, jnp.nan))
    if reduction == "mean":
        loss = loss / jnp.maximum(lengths[1], 1).astype(loss.dtype)
    return reduce(loss[0] if one else loss, reduction)


def _log_loss(
    blank: int,
    log_probs: Float[Array, "time batch classes"],
    labels: Int[Array, "batch targets"],
    input_lengths: Int[Array, " batch"],
    target_lengths: Int[Array, " batch"],
) -> Float[Array, " batch"]:
    """-log of the sum over all alignments, by the forward recursion over time."""
    # The targets with a blank before, between and after them.
    states = jnp.full((labels.shape[0], 2 * labels.shape[1] + 1), blank, labels.dtype)
    states = states.at[:, 1::2].set(labels)
    never = jnp.full_like(log_probs[0, :, :1], -jnp.inf)
    # A blank may be left out between two targets that differ.
    skips = jnp.pad(states[:, 2:] != states[:, :-2], ((0, 0), (2, 0)))[:, : states.shape[1]]
    start = jnp.broadcast_to(never, states.shape).at[:, 0].set(0)

    def step(before: Array, at: tuple[Array, Array]) -> tuple[Array, None]:
        log_p, time = at
        one_back = jnp.concatenate([never, before[:, :-1]], axis=1)
        two_back = jnp.concatenate([never, one_back[:, :-1]], axis=1)
        two_back = jnp.where(skips, two_back, jnp.full_like(two_back, -jnp.inf))
        spelled = jnp.take_along_axis(log_p, states, axis=1)
        after = _log_of_sum(before, one_back, two_back) + spelled
        return jnp.where((time < input_lengths)[:, None], after, before), None

    times = jnp.arange(log_probs.shape[0])
    end, _ = jax.lax.scan(step, start, (log_probs, times))
    last = 2 * target_lengths[:, None]  # the blank after the last target; and that target
    ends = [jnp.take_along_axis(end, jnp.maximum(last - back, 0), axis=1)[:, 0] for back in (0, 1)]
    ends[1] = jnp.where(target_lengths > 0, ends[1], never[:, 0])
    return -_log_of_sum(*ends)


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _alignments(blank: int, zero_infinity: bool, *arrays: Array) -> Float[Array, " batch"]:
    loss = _log_loss(blank, *arrays)
    return jnp.where(jnp.isinf(loss), jnp.zeros_like(loss), loss) if zero_infinity else loss


@_alignments.defjvp
def _alignments_jvp(blank: int, zero_infinity: bool, primals: Any, tangents: Any) -> Any:
    log_probs, labels, *lengths = primals
    loss, pull = jax.vjp(lambda x: _log_loss(blank, x, labels, *lengths), log_probs)
    (spelled,) = pull(jnp.ones_like(loss))  # minus the probability of each class at each time
    slope = jnp.exp(log_probs) + spelled
    infinite = jnp.isinf(loss)
    lost = jnp.full_like(slope, 0 if zero_infinity else jnp.nan)
    slope = jnp.where(infinite[None, :, None], lost, slope)
    times = jnp.arange(log_probs.shape[0])[:, None, None]
    slope = jnp.where(times < lengths[0][None, :, None], slope, jnp.zeros_like(slope))
    if zero_infinity:
        loss = jnp.where(infinite, jnp.zeros_like(loss), loss)
    return loss, jnp.sum(slope * tangents[0], axis=(0, 2))


def _log_of_sum(*logs: Array) -> Array:
    """log Σ exp, -inf of nothing but -inf, where its gradient is 0."""
    largest = logs[0]
    for log in logs[1:]:
        largest = jnp.maximum(largest, log)
    largest = jax.lax.stop_gradient(jnp.where(jnp.isneginf(largest), 0, largest))
    total = sum((jnp.exp(log - largest) for log in logs[1:]), jnp.exp(logs[0] - largest))
    none = total == 0
    return jnp.where(none, -jnp.inf, jnp.log(jnp.where(none, 1, total)) + largest)


def _lengths(lengths: Any, batch: int, name: str) -> Array:
    values = jnp.atleast_1d(jnp.asarray(lengths))
    if values.shape != (batch,) or not jnp.issubdtype(values.dtype, jnp.integer):
        raise ValueError(
            f"{name} must be {batch} integers, got {values.dtype} {jnp.shape(lengths)}"
        )
    return values


def _unpacked(targets: Array, given: Any, lengths: Array) -> tuple[Array, Array]:
    """Targets that stand behind each other, one row a sequence, and whether there are as many.

    A row has room for the longest where the lengths are known when this is traced, else for all.
    """
    known = not isinstance(given, Tracer)
    size = int(np.max(np.asarray(given), initial=0)) if known else targets.shape[0]
    start = jnp.cumsum(lengths) - lengths
    index = start[:, None] + jnp.arange(size, dtype=start.dtype)[None, :]
    # One more, so that there is something to take where there is no target.
    padded = jnp.concatenate([targets, jnp.zeros(1, targets.dtype)])
    rows = padded[jnp.clip(index, 0, targets.shape[0])]
    return rows, jnp.broadcast_to(jnp.sum(lengths) == targets.shape[0], lengths.shape)
