"""Lengths, angles and distances of vectors, with PyTorch's guards against division by zero."""

import math

import jax.numpy as jnp
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray


def normalize(
    x: Float[AnyArray, "..."], p: float = 2.0, axis: int = 1, epsilon: float = 1e-12
) -> Float[Array, "..."]:
    """x divided by its p-norm along an axis, by epsilon where the norm is smaller.

    The gradient at a vector of zeros is that of x / epsilon: the norm's is 0 there.

    References:
        Equals `torch.nn.functional.normalize`.
    """
    x = jnp.asarray(x)
    return x / jnp.maximum(_norm(x, p, axis, keepdims=True), epsilon)


def cosine_similarity(
    a: Float[AnyArray, "..."],
    b: Float[AnyArray, "..."],
    axis: int = 1,
    epsilon: float = 1e-8,
) -> Float[Array, "..."]:
    """The cosine of the angle between vectors: each is divided by its length, epsilon at least.

    Args:
        a, b: the vectors along `axis`; they are broadcast against each other.

    References:
        Equals `torch.nn.functional.cosine_similarity`.
    """
    a, b = jnp.broadcast_arrays(jnp.asarray(a), jnp.asarray(b))
    a, b = normalize(a, 2.0, axis, epsilon), normalize(b, 2.0, axis, epsilon)
    return jnp.sum(a * b, axis)


def pairwise_distance(
    a: Float[AnyArray, "..."],
    b: Float[AnyArray, "..."],
    p: float = 2.0,
    epsilon: float = 1e-6,
    keepdims: bool = False,
) -> Float[Array, "..."]:
    """The p-norm of a - b + epsilon along the last axis.

    Args:
        a, b: the vectors along the last axis; they are broadcast against each other.

    References:
        Equals `torch.nn.functional.pairwise_distance`: two equal vectors are √n · epsilon apart.
    """
    a, b = jnp.broadcast_arrays(jnp.asarray(a), jnp.asarray(b))
    return _norm(a - b + epsilon, p, -1, keepdims)


def _norm(x: Array, p: float, axis: int, keepdims: bool) -> Array:
    """The p-norm; its gradient at 0 is 0, as PyTorch's."""
    size = jnp.abs(x)
    if p == math.inf:
        return jnp.max(size, axis, keepdims=keepdims)
    if p == 1:
        return jnp.sum(jnp.sign(x) * x, axis, keepdims=keepdims)
    total = jnp.sum(x**2 if p == 2 else size**p, axis, keepdims=keepdims)
    there = total > 0
    return jnp.where(there, jnp.where(there, total, 1) ** (1 / p), 0)
