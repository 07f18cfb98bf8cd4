"""Losses of how near two or three vectors are to each other."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Float, Shaped

from jaxdl.losses._common import (
    SMALLEST,
    AnyArray,
    absolute,
    broadcast,
    check_reduction,
    reduce,
    relu,
    together,
)

Distance = Callable[[Array, Array], Array]


def cosine_embedding_loss(
    input1: Float[AnyArray, "..."],
    input2: Float[AnyArray, "..."],
    target: Shaped[AnyArray, "..."],
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1, else 0.

    1e-12 is added to each squared length.

    Args:
        input1: (N, features), or (features,).
        input2: as input1; shapes are broadcast.
        target: 1 or -1, (N,), or ().
        margin: how similar what does not belong together may be, from -1 to 1.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of target.

    Raises:
        ValueError: an unknown reduction, shapes that do not fit.

    References:
        Equals `torch.nn.functional.cosine_embedding_loss`, `torch.nn.CosineEmbeddingLoss`.
        `optax.cosine_distance` is the case of target 1, without reduction, and adds nothing.
    """
    input1, input2 = together(input1, input2, name="input1")
    target = jnp.asarray(target)
    if target.ndim > 1 or input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        raise ValueError(
            "input1 and input2 must be (N, features) of target (N,), or (features,) of (), "
            f"got {input1.shape}, {input2.shape}, {target.shape}"
        )
    input1, input2 = broadcast(input1=input1, input2=input2)
    product = jnp.sum(input1 * input2, axis=-1)
    squares = [jnp.sum(x * x, axis=-1) + SMALLEST for x in (input1, input2)]
    cosine = product / jnp.sqrt(squares[0] * squares[1])
    cosine, target = broadcast(input1=cosine, target=target)
    zero = jnp.zeros_like(cosine)
    loss = jnp.where(target == 1, 1 - cosine, zero)
    return reduce(loss + jnp.where(target == -1, relu(cosine - margin), zero), reduction)


def triplet_margin_loss(
    anchor: Float[AnyArray, "..."],
    positive: Float[AnyArray, "..."],
    negative: Float[AnyArray, "..."],
    *,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """max(0, margin + d(anchor, positive) - d(anchor, negative)), d the p-norm of x - y + eps.

    Args:
        anchor: (N, features), or (features,).
        positive: what belongs to the anchor; the three shapes are broadcast.
        negative: what does not.
        margin: by how much the negative is to be farther away, above 0.
        p: the norm's power, from 0 to infinity.
        eps: added to each difference.
        swap: take the positive's distance from the negative where that is the smaller one.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of anchor without its last axis.

    Raises:
        ValueError: a margin not above 0, a negative p, an unknown reduction, shapes that do
            not fit.

    References:
        Balntas et al., Learning shallow convolutional feature descriptors with triplet losses,
        2016. Equals `torch.nn.functional.triplet_margin_loss`, `torch.nn.TripletMarginLoss`.
        `optax.losses.triplet_margin_loss` adds eps to the sum of powers instead of each difference,
        and its gradient by default is another one.
    """
    if not p >= 0:
        raise ValueError(f"p must be at least 0, got {p}")

    def distance(x: Array, y: Array) -> Array:
        return _pairwise_distance(x, y, p, eps)

    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=distance,
        margin=margin,
        swap=swap,
        reduction=reduction,
    )


def triplet_margin_with_distance_loss(
    anchor: Float[AnyArray, "..."],
    positive: Float[AnyArray, "..."],
    negative: Float[AnyArray, "..."],
    *,
    distance_function: Distance | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Float[Array, "..."]:
    """`triplet_margin_loss` with any distance.

    Args:
        anchor: of any shape that the distance takes.
        positive: what belongs to the anchor, with as many axes.
        negative: what does not, with as many axes.
        distance_function: of two such arrays; None: the 2-norm of x - y + 1e-6 over the last axis.
        margin: by how much the negative is to be farther away, above 0.
        swap: take the positive's distance from the negative where that is the smaller one.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" what the distance gives.

    Raises:
        ValueError: a margin not above 0, an unknown reduction, numbers of axes that differ.

    References:
        Equals `torch.nn.functional.triplet_margin_with_distance_loss`,
        `torch.nn.TripletMarginWithDistanceLoss`. Optax has no such loss.
    """
    check_reduction(reduction)
    if not margin > 0:
        raise ValueError(f"margin must be above 0, got {margin}")
    anchor, positive, negative = together(anchor, positive, negative, name="anchor")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ValueError(
            "anchor, positive and negative must have equally many axes, "
            f"got {anchor.shape}, {positive.shape}, {negative.shape}"
        )
    distance = distance_function or _pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far, swapped = broadcast(anchor=far, positive=distance(positive, negative))
        far = jnp.minimum(far, swapped)
    near, far = broadcast(positive=near, negative=far)
    return reduce(relu(margin + near - far), reduction)


def _pairwise_distance(x: Array, y: Array, p: float = 2.0, eps: float = 1e-6) -> Array:
    """(Σ |x - y + eps|^p)^(1/p) over the last axis; where it is 0, so is its gradient."""
    x, y = broadcast(x=x, y=y)
    difference = x - y + eps
    size = absolute(difference)
    if p == 0:
        return jnp.sum(size != 0, axis=-1).astype(size.dtype)
    if p == 1:
        return jnp.sum(size, axis=-1)
    if p == float("inf"):
        return jnp.max(size, axis=-1)
    total = jnp.sum(difference * difference if p == 2 else _power(size, p), axis=-1)
    return _power(total, 1 / p)


def _power(x: Array, exponent: float) -> Array:
    """x^exponent of x ≥ 0, with gradient 0 at 0, where its own may be infinite."""
    zero = x == 0
    safe = jnp.where(zero, jnp.ones_like(x), x)
    root = jnp.sqrt(safe) if exponent == 0.5 else safe**exponent
    return jnp.where(zero, jnp.zeros_like(x), root)
