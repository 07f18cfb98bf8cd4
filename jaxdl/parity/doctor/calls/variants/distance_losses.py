"""Losses of distances between examples, done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, of_arguments


def triplet(call: Call) -> Iterator[Variant]:
    """`triplet_margin_loss`: squared distances, no margin, the examples exchanged."""
    from torch.nn import functional as F

    cure = "relu(|a - p| - |a - n| + margin), |x| the root of the sum of squares"
    given: dict[str, Any] = {
        **dict(zip(("anchor", "positive", "negative", "margin", "p"), call.args, strict=False)),
        **call.kwargs,
    }
    margin, power = given.get("margin", 1.0), given.get("p", 2.0)

    def of(distance: Any, least: bool = True) -> Any:
        def run(a: Any, k: Any) -> Any:
            near, far = distance(a[0], a[1]), distance(a[0], a[2])
            y = near - far + margin
            y = y.clamp(min=0) if least else y
            return {"mean": y.mean, "sum": y.sum}.get(given.get("reduction", "mean"), lambda: y)()

        return of_arguments(run)

    def usual(a: Any, b: Any) -> Any:
        return F.pairwise_distance(a, b, power)

    yield Variant("the distances are squared", cure, of(lambda a, b: ((a - b) ** 2).sum(-1)))
    squares = of(lambda a, b: ((a - b) ** 2).mean(-1))
    yield Variant("the distances are mean squares", cure, squares)
    sums = of(lambda a, b: (a - b).abs().sum(-1))
    yield Variant("the distances are sums of absolute differences", cure, sums)
    cosines = of(lambda a, b: 1 - F.cosine_similarity(a, b))
    yield Variant("the distances are one minus the cosine", cure, cosines)
    yield Variant("what is below 0 is kept", cure, of(usual, least=False))
    swapped = of_arguments(lambda a, k: call.function(a[0], a[2], a[1], *a[3:], **k))
    yield Variant("the positive and the negative are exchanged", cure, swapped)
    number = Argument(3, "margin")
    yield Variant("there is no margin", f"margin={margin:g}", number.as_(0.0))


TABLE = {"triplet_margin_loss": triplet}
