"""One call of PyTorch's done as a faulty port would do it, by the function that is called."""

from __future__ import annotations

from jaxdl.parity.doctor.variants import (
    arithmetic,
    losses,
    matrices,
    norms,
    pointwise,
    recurrence,
    spatial,
)
from jaxdl.parity.doctor.variants.variant import Variant, Variants

TABLE: dict[str, Variants] = (
    arithmetic.TABLE
    | norms.TABLE
    | pointwise.TABLE
    | spatial.TABLE
    | matrices.TABLE
    | recurrence.TABLE
    | losses.TABLE
)

__all__ = ["TABLE", "Variant"]
