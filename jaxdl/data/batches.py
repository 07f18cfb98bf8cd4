"""An epoch as data: an order drawn from a key, cut into batches."""

from __future__ import annotations

from collections.abc import Iterator

import jax
from jaxtyping import Array, Int, Key


def epoch_order(key: Key[Array, ""], n: int) -> Int[Array, " n"]:
    """The order in which an epoch visits n examples."""
    return jax.random.permutation(key, n)


def batches(
    order: Int[Array, " n"], batch_size: int, drop_last: bool = False
) -> Iterator[Int[Array, " batch"]]:
    """The indices of each batch; the last may be smaller unless it is dropped."""
    stop = len(order) - len(order) % batch_size if drop_last else len(order)
    return (order[i : i + batch_size] for i in range(0, stop, batch_size))
