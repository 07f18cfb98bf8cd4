"""One call of PyTorch's done as a faulty port would do it, by the function that is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants import (
    alignment_losses,
    arithmetic,
    attention,
    axes,
    convolution,
    distance_losses,
    embedding,
    gates,
    losses,
    masks,
    multi_head,
    norms,
    pointwise,
    pooling,
    products,
    recurrence,
    reparametrised,
    resampling,
    rotary,
    shifts,
    siblings,
)
from jaxdl.parity.doctor.calls.variants.variant import Family, Variant, Variants

Within = Callable[[Call, Sequence[Call], Values], Iterator[Variant]]
Ways = TypeVar("Ways")


def _joined(*tables: Mapping[Any, Ways]) -> dict[str, list[Ways]]:
    found: dict[str, list[Ways]] = {}
    for table in tables:
        for name, ways in table.items():
            found.setdefault(name, []).append(ways)
    return found


TABLE: dict[str, list[Variants]] = _joined(
    shifts.TABLE,
    norms.TABLE,
    reparametrised.TABLE,
    pointwise.TABLE,
    arithmetic.TABLE,
    convolution.TABLE,
    pooling.TABLE,
    resampling.TABLE,
    axes.TABLE,
    products.TABLE,
    embedding.TABLE,
    siblings.TABLE,
    recurrence.TABLE,
    losses.TABLE,
    distance_losses.TABLE,
    alignment_losses.TABLE,
)
"""The ways of a call by the function's name, the likeliest first."""
WITHIN: dict[str, list[Within]] = _joined(
    attention.WITHIN,
    multi_head.WITHIN,
    masks.WITHIN,
    rotary.WITHIN,
    recurrence.WITHIN,
    gates.WITHIN,
    arithmetic.WITHIN,
    siblings.WITHIN,
)
"""What is to be known of the calls before, and of the JAX program, to do a call otherwise."""

__all__ = ["TABLE", "WITHIN", "Family", "Variant"]
