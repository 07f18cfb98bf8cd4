"""Losses that vanish once a score is ahead by a margin."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Shaped

from jaxdl.losses._common import (
    AnyArray,
    broadcast,
    check_integers,
    poison,
    reduce,
    relu,
    together,
)


def margin_ranking_loss(
    input1: Float[AnyArray, "..."],
    input2: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """max(0, margin - target · (input1 - input2)); its slope at the kink is that of the line.

    Args:
        input1: scores of any shape.
        input2: scores; the three shapes are broadcast and have equally many axes.
        target: 1 where input1 is to be the higher, -1 where input2.
        margin: by how much.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape that the three have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.margin_ranking_loss`, `torch.nn.MarginRankingLoss`. Optax's
        `optax.ranking_softmax_loss` is another loss, of whole lists.
    """
    input1, input2, target = together(input1, input2, target, name="input1")
    if not input1.ndim == input2.ndim == target.ndim:
        raise ValueError(
            "input1, input2 and target must have equally many axes, "
            f"got {input1.shape}, {input2.shape}, {target.shape}"
        )
    input1, input2, target = broadcast(input1=input1, input2=input2, target=target)
    return reduce(relu(-target * (input1 - input2) + margin), reduction)


def hinge_embedding_loss(
    input: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    margin: float = 1.0,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """The distance where target is 1, max(0, margin - distance) where it is -1.

    As in PyTorch a target that is neither has both.

    Args:
        input: distances of any shape.
        target: 1 or -1; shapes are broadcast.
        margin: from where on what does not belong together is far enough.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape that input and target have together.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.hinge_embedding_loss`, `torch.nn.HingeEmbeddingLoss`.
        `optax.hinge_loss` is another one: max(0, 1 - target · score).
    """
    input, target = together(input, target)
    input, target = broadcast(input=input, target=target)
    zero = jnp.zeros_like(input)
    apart = jnp.where(target != 1, relu(margin - input), zero)
    return reduce(apart + jnp.where(target != -1, input, zero), reduction)


def multi_margin_loss(
    input: Float[AnyArray, "..."],
    target: Int[AnyArray, "..."],
    *,
    p: int = 1,
    margin: float = 1.0,
    weight: Float[AnyArray, " classes"] | None = None,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """weight[y] · Σ max(0, margin - input[y] + input[i])^p over all i but y = target, over C.

    Args:
        input: scores, (N, C), (C,) or ().
        target: class indices, (N,); (1,) or () of one example.
        p: 1 or 2.
        margin: by how much the right class is to be ahead.
        weight: a factor for each class, (C,).
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of target. nan for an index outside of 0 to C - 1, for
        which PyTorch raises an error.

    Raises:
        ValueError: another p, an unknown reduction, a target that is no index, shapes that do not
            fit.

    References:
        Weston and Watkins, Multi-class Support Vector Machines, 1998. Equals
        `torch.nn.functional.multi_margin_loss`, `torch.nn.MultiMarginLoss`.
        `optax.multiclass_hinge_loss` takes the largest summand instead of the mean over the
        classes.
    """
    if p not in (1, 2):
        raise ValueError(f"p must be 1 or 2, got {p}")
    (input,), target = together(input), jnp.asarray(target)
    check_integers(target)
    scores = jnp.atleast_2d(input)
    one = input.ndim <= 1 and target.shape in ((), (1,))
    if not one and (input.ndim != 2 or target.shape != input.shape[:1]):
        raise ValueError(
            f"target must be one class index for each of input, "
            f"got target {target.shape}, input {input.shape}"
        )
    classes, targets = scores.shape[1], jnp.atleast_1d(target)
    within = (targets >= 0) & (targets < classes)
    index = jnp.where(within, targets, 0)
    right = jnp.take_along_axis(scores, index[:, None], axis=1)
    short = margin - jnp.broadcast_to(right, scores.shape) + scores
    others = jnp.arange(classes, dtype=index.dtype)[None, :] != index[:, None]
    positive = others & (short > 0)
    short = jnp.where(positive, short, jnp.zeros_like(short))
    loss = jnp.sum(short if p == 1 else short * short, axis=1) / classes
    if weight is not None:
        if jnp.shape(weight) != (classes,):
            raise ValueError(f"weight must be ({classes},), one a class, got {jnp.shape(weight)}")
        loss = loss * jnp.asarray(weight).astype(loss.dtype)[index]
    return reduce(poison(loss, within).reshape(target.shape), reduction)


def multilabel_margin_loss(
    input: Float[AnyArray, "*shape"],
    target: Int[AnyArray, "*shape"],
    *,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """Σ max(0, 1 - input[y] + input[i]) over all y that apply and all i that do not, over C.

    Args:
        input: scores, (N, C), (C,) or ().
        target: class indices in the shape of input: those before the first -1 apply.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" (N,), or () of one example. nan for an index outside of -1 to C - 1,
        for which PyTorch raises an error.

    Raises:
        ValueError: an unknown reduction, a target that is no index, shapes that do not fit.

    References:
        Equals `torch.nn.functional.multilabel_margin_loss`, `torch.nn.MultiLabelMarginLoss`. Optax
        has no such loss.
    """
    (input,), target = together(input), jnp.asarray(target)
    check_integers(target)
    if input.shape != target.shape or input.ndim > 2:
        raise ValueError(
            f"input and target must be (N, classes) or (classes,), "
            f"got input {input.shape}, target {target.shape}"
        )
    scores, targets = jnp.atleast_2d(input), jnp.atleast_2d(target)
    classes = scores.shape[1]
    applies = jnp.cumsum(targets < 0, axis=1) == 0  # (N, place among the targets)
    index = jnp.where(applies & (targets < classes), targets, 0)
    right = jnp.take_along_axis(scores, index, axis=1)
    names = jnp.arange(classes, dtype=index.dtype)[None, None, :]
    named = applies[:, :, None] & (index[:, :, None] == names)  # (N, place, class)
    others = ~named.any(axis=1)
    short = 1 - right[:, :, None] + scores[:, None, :]
    counted = applies[:, :, None] & others[:, None, :] & (short > 0)
    loss = jnp.sum(jnp.where(counted, short, jnp.zeros_like(short)), axis=(1, 2)) / classes
    within = ((targets >= -1) & (targets < classes)).all(axis=1)
    return reduce(poison(loss, within).reshape(input.shape[:-1]), reduction)
