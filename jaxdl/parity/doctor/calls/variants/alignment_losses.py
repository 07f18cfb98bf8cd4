"""Losses of sequences that are not aligned, done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Variant, of_arguments


def aligned(call: Call) -> Iterator[Variant]:
    """`ctc_loss`: how it is averaged, what the blank is, what is infinite."""
    import torch
    from torch.nn import functional as F

    names = ("log_probs", "targets", "input_lengths", "target_lengths", "blank", "reduction")
    given: dict[str, Any] = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    own, blank = given.get("reduction", "mean"), given.get("blank", 0)
    last = given["log_probs"].shape[-1] - 1

    def each(blank: int, infinite: bool) -> Any:
        options = {"blank": blank, "reduction": "none", "zero_infinity": not infinite}
        return F.ctc_loss(*(given[name] for name in names[:4]), **options)

    cure = "the mean over examples of each loss, divided by the length of its target"
    lengths = torch.as_tensor(given["target_lengths"]).clamp(min=1)
    ways: dict[str, Any] = {
        "the mean is not divided by the targets' lengths": lambda y: y.mean(),
        "the losses are summed": lambda y: y.sum(),
        "the sum is divided by the sum of the targets' lengths": lambda y: y.sum() / lengths.sum(),
        "the mean is divided by the targets' lengths": lambda y: (y / lengths).mean(),
    }
    infinite = not given.get("zero_infinity", False)
    usual = {"mean": "the mean is divided by the targets' lengths", "sum": "the losses are summed"}
    for told, function in ways.items():
        if told != usual.get(own):
            run = of_arguments(lambda a, k, f=function: f(each(blank, infinite)))
            yield Variant(told, cure, run)
    if own in usual:
        function = ways[usual[own]]
        for other in {0, last} - {blank}:
            run = of_arguments(lambda a, k, b=other: function(each(b, infinite)))
            yield Variant(f"the blank is class {other}, not {blank}", f"blank_id={blank}", run)
        run = of_arguments(lambda a, k: function(each(blank, not infinite)))
        told = "an infinite loss counts as 0" if infinite else "an infinite loss counts"
        yield Variant(told, f"zero_infinity={not infinite}", run)


TABLE = {"ctc_loss": aligned}
