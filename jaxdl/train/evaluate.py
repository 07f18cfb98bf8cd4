"""How often a classifier is right, over a whole data set."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from jaxdl.train import executables


@partial(jax.jit, static_argnames=("apply", "options", "size"))
def _chunk(apply: Any, params: Any, x: Any, options: tuple[Any, ...], start: int, size: int) -> Any:
    return apply(params, jax.lax.dynamic_slice_in_dim(x, start, size), *options)


def logits(
    apply: Callable[..., Any], params: Any, x: ArrayLike, *options: Hashable, chunk: int = 1000
) -> Float[Array, "n *length classes"]:
    """`apply(params, x, *options)` in compiled pieces, the smaller last one included.

    Args:
        apply: pure, gives (n, classes) or (n, length, classes); the same object in every call.
        params: its parameters.
        x: the examples, along the first axis.
        options: what else `apply` takes; not traced.
        chunk: examples a call.
    """
    x = jnp.asarray(x)
    pieces = [
        executables.call(
            _chunk,
            {"params": params, "x": x, "start": start},
            apply=apply,
            options=options,
            size=min(chunk, len(x) - start),
        )
        for start in range(0, len(x), chunk)
    ]
    return jnp.concatenate(pieces)


def accuracy(
    apply: Callable[..., Any],
    params: Any,
    test: tuple[ArrayLike, ArrayLike],
    *options: Hashable,
    chunk: int = 1000,
) -> Float[Array, ""]:
    """The share of the labels whose logit is the largest.

    Args:
        apply, params, options, chunk: as in `logits`.
        test: the examples, and their labels (n,), or (n, length) where each has several.
    """
    x, y = test
    scores, y = logits(apply, params, x, *options, chunk=chunk), jnp.asarray(y)
    return jnp.mean(jax.lax.argmax(scores, scores.ndim - 1, y.dtype) == y)
