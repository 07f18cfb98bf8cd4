"""One call of PyTorch's done as a faulty port would do it, by the function that is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants import (
    arithmetic,
    attention,
    axes,
    convolution,
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

TABLE: dict[str, list[Variants]] = {}
"""The ways of a call by the function's name, the likeliest first."""
for table in (
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
):
    for name, variants in table.items():
        TABLE.setdefault(name, []).append(variants)

Within = Callable[[Call, Sequence[Call], Values], Iterator[Variant]]
WITHIN: dict[str, list[Within]] = {}
"""What is to be known of the calls before, and of the JAX program, to do a call otherwise."""
for within_table in (
    attention.WITHIN,
    multi_head.WITHIN,
    masks.WITHIN,
    rotary.WITHIN,
    recurrence.WITHIN,
    gates.WITHIN,
    arithmetic.WITHIN,
    siblings.WITHIN,
):
    for name, within in within_table.items():
        WITHIN.setdefault(name, []).append(within)

__all__ = ["TABLE", "WITHIN", "Family", "Variant"]
