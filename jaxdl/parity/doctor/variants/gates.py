"""Gates of recurrences that are written out: which way round they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.values import Values
from jaxdl.parity.doctor.variants.variant import Variant, after


def flipped(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`sigmoid`: one minus it."""
    yield Variant(
        "the gate is the other way round: 1 - sigmoid(x) stands for sigmoid(x)",
        "h = (1 - z) * n + z * h in PyTorch's GRU",
        after(lambda y: 1 - y),
    )


WITHIN = {"sigmoid": flipped}
