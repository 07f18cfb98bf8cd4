"""Attention as PyTorch defines it, with the masks' meaning of each of its functions."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.dropouts import dropout
from jaxdl.nn.moments import wide


def scaled_dot_product_attention(
    query: Float[AnyArray, "*batch queries size"],
    key: Float[AnyArray, "*batch2 keys size"],
    value: Float[AnyArray, "*batch2 keys out"],
    attn_mask: Bool[AnyArray, "*mask"] | Float[AnyArray, "*mask"] | None = None,
    *,
    dropout_rate: float = 0.0,
    keep: Bool[AnyArray, "*batch queries keys"] | None = None,
    dropout_key: Any = None,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Float[Array, "*batch queries out"]:
    r"""Averages of the values, weighted by how well the keys fit a query.

    .. math:: softmax(q k^T \cdot scale + mask) v

    A query that sees no key at all gets zeros, and no gradient; `jax.nn.dot_product_attention`
    gives it the plain mean of the values, has the heads on the third axis and not before the
    positions, and adds a mask under the name bias.

    Args:
        query, key, value: heads among the leading axes, positions and features last.
        attn_mask: broadcast to (*batch, queries, keys). Booleans: True sees the key, as in JAX
            and unlike PyTorch's own `MultiheadAttention`. Numbers are added, -inf hides.
        dropout_rate, keep, dropout_key: of the weights, as in `dropout`.
        is_causal: query i sees keys 0 to i. With fewer queries than keys, too, it is the first
            keys that it sees. No other mask then.
        scale: None: 1/√size.
        enable_gqa: fewer heads of keys and values, on the third axis from the end; each serves as
            many heads of queries, that stand next to each other.

    Raises:
        ValueError: two masks, or numbers of heads that do not divide.

    References:
        Vaswani et al., Attention Is All You Need, NeurIPS 2017; Ainslie et al., GQA, EMNLP 2023.
        Equals `torch.nn.functional.scaled_dot_product_attention`.
    """
    query, key, value = jnp.asarray(query), jnp.asarray(key), jnp.asarray(value)
    if enable_gqa:
        key, value = (
            _grouped(query, array, name) for array, name in ((key, "key"), (value, "value"))
        )
    if is_causal:
        if attn_mask is not None:
            raise ValueError("is_causal is a mask, and attn_mask was given, too: leave one out")
        attn_mask = jnp.tri(query.shape[-2], key.shape[-2], dtype=bool)
    added = None if attn_mask is None else to_add(attn_mask, wide(query.dtype), sees=True)
    weights = attention_weights(query, key, added, scale, safe=True)
    weights = dropout(weights, dropout_rate, keep=keep, key=dropout_key)
    return weights @ value


def attention_weights(
    query: Array, key: Array, added: Array | None, scale: float | None = None, safe: bool = True
) -> Array:
    """softmax(q kᵀ · scale + added), (*batch, queries, keys).

    Args:
        added: broadcast to the weights; -inf hides a key.
        safe: where all is hidden, 0, with a gradient of 0, and not NaN.
    """
    factor: float = query.shape[-1] ** -0.5 if scale is None else scale
    logits = (query * factor) @ jnp.swapaxes(key, -1, -2)
    logits = logits.astype(wide(logits.dtype))
    if added is None:
        return jax.nn.softmax(logits, axis=-1).astype(query.dtype)
    logits = logits + jnp.broadcast_to(added.astype(logits.dtype), logits.shape)
    if not safe:
        return jax.nn.softmax(logits, axis=-1).astype(query.dtype)
    seen = jnp.any(logits != -jnp.inf, axis=-1, keepdims=True)
    weights = jax.nn.softmax(jnp.where(seen, logits, 0), axis=-1)
    return jnp.where(seen, weights, 0).astype(query.dtype)


def to_add(mask: AnyArray, dtype: Any, *, sees: bool) -> Array:
    """A mask as numbers to add: booleans become 0 and -inf.

    Args:
        sees: what True means: the key is seen, or it is hidden.
    """
    mask = jnp.asarray(mask)
    if not jnp.issubdtype(mask.dtype, jnp.bool_):
        return mask.astype(dtype)
    return jnp.where(mask if sees else ~mask, jnp.zeros((), dtype), -jnp.inf)


def _grouped(query: Array, array: Array, name: str) -> Array:
    """Keys or values, each head as often as there are query heads for it."""
    queries, heads = query.shape[-3], array.shape[-3]
    if queries % heads:
        raise ValueError(f"{heads} heads of the {name} do not divide {queries} of the query")
    return jnp.repeat(array, queries // heads, axis=-3)
