"""One call of PyTorch's done as a faulty port would do it, by the function that is called."""

from __future__ import annotations

from jaxdl.parity.doctor.variants import (
    arithmetic,
    convolution,
    losses,
    matrices,
    norms,
    pointwise,
    pooling,
    recurrence,
    reparametrised,
    resampling,
)
from jaxdl.parity.doctor.variants.variant import Family, Variant, Variants

TABLE: dict[str, Variants] = (
    norms.TABLE
    | reparametrised.TABLE
    | pointwise.TABLE
    | arithmetic.TABLE
    | convolution.TABLE
    | pooling.TABLE
    | resampling.TABLE
    | matrices.TABLE
    | recurrence.TABLE
    | losses.TABLE
)

__all__ = ["TABLE", "Family", "Variant"]
