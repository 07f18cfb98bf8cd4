"""Linear layers and products done otherwise: bias, weight, and what goes in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import WEIGHT, Argument, Variant, X, of_arguments

BIAS = Argument(2, "bias")


def linear(call: Call) -> Iterator[Variant]:
    """`linear`: its weight, its bias, the order of its parts."""
    w, b = WEIGHT.of(call.args, call.kwargs), BIAS.of(call.args, call.kwargs)
    if b is not None:
        yield Variant("the bias is left out", "use_bias=True, or + bias", BIAS.as_(None))
        yield Variant(
            "the bias is added twice", "add it once", BIAS.as_(lambda a, k: 2 * BIAS.of(a, k))
        )
        yield Variant(
            "the bias is subtracted", "x @ kernel + bias", BIAS.as_(lambda a, k: -BIAS.of(a, k))
        )
    if w.ndim != 2:
        return
    if w.shape[0] == w.shape[1]:
        yield Variant(
            "the weight is not transposed",
            "kernel = weight.T",
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).T),
        )
    yield Variant(
        "the weight is reshaped where it should be transposed",
        "kernel = weight.T, not reshape",
        WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).reshape(w.shape[1], w.shape[0]).T),
    )
    yield from _parts(w, b)


def _parts(w: Any, b: Any) -> Iterator[Variant]:
    """A result of several parts: in another order, one of them twice, rows dealt out in turn."""
    for parts in (2, 3, 4):
        if w.shape[0] % parts or w.shape[0] <= parts:
            continue
        for order in product(range(parts), repeat=parts):
            if order == tuple(range(parts)) or (parts == 4 and len(set(order)) < 4):
                continue
            if b is not None and len(set(order)) < parts:

                def same(a: Any, k: Any, p: int = parts, o: Any = order) -> Any:
                    chunks = BIAS.of(a, k).chunk(p)
                    return _cat([chunks[i] for i in o], 0)

                yield Variant(
                    f"of the bias's {parts} parts those in the places {order} are added",
                    "to each part its own bias",
                    BIAS.as_(same),
                )
            what = "stand in the order" if len(set(order)) == parts else "are taken from the places"

            def swapped(a: Any, k: Any, p: int = parts, o: Any = order) -> Any:
                chunks = _plain(a, k).chunk(p, -1)
                return _cat([chunks[i] for i in o], -1)

            yield Variant(
                f"its {parts} parts {what} {order}",
                "take the parts in PyTorch's order",
                of_arguments(swapped),
            )

        def dealt(a: Any, k: Any, p: int = parts) -> Any:
            y = _plain(a, k)
            return y.unflatten(-1, (-1, p)).transpose(-1, -2).flatten(-2)

        yield Variant(
            f"its {parts} parts are dealt out in turn: every {parts}th number is of one part",
            "the parts lie one after the other",
            of_arguments(dealt),
        )


def _plain(a: Any, k: Any) -> Any:
    x, w, b = (q.of(a, k) for q in (X, WEIGHT, BIAS))
    y = x @ w.T
    return y if b is None else y + b


def _cat(parts: Any, axis: int) -> Any:
    import torch

    return torch.cat(list(parts), axis)


def factors(call: Call) -> Iterator[Variant]:
    """`matmul`, `bmm`, `@`: a factor transposed, or the two exchanged."""
    other = Argument(1, "other")
    x, y = call.args[0], other.of(call.args, call.kwargs)
    if getattr(y, "ndim", 0) >= 2 and y.shape[-1] == y.shape[-2]:
        yield Variant(
            "the second factor is transposed",
            "a @ b",
            other.as_(lambda a, k: other.of(a, k).transpose(-1, -2)),
        )
    if getattr(x, "ndim", 0) >= 2 and x.shape[-1] == x.shape[-2]:
        yield Variant(
            "the first factor is transposed",
            "a @ b",
            of_arguments(lambda a, k: call.function(a[0].transpose(-1, -2), *a[1:], **k)),
        )
    if getattr(x, "shape", 0) == getattr(y, "shape", 1):
        yield Variant(
            "the two factors are exchanged",
            "a @ b",
            of_arguments(lambda a, k: call.function(other.of(a, k), a[0])),
        )


TABLE = {
    "linear": linear,
    "matmul": factors,
    "bmm": factors,
    "rmatmul": factors,
}
