"""Gates that are written out: which way round they are, and activations made of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from jaxdl.parity.calls import Call, Reaching
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants import pointwise
from jaxdl.parity.doctor.calls.variants.variant import Variant, after, of_arguments


def flipped(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`sigmoid`: one minus it."""
    yield Variant(
        "the gate is the other way round: 1 - sigmoid(x) stands for sigmoid(x)",
        "h = (1 - z) * n + z * h in PyTorch's GRU",
        after(lambda y: 1 - y),
    )


def activated(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`mul` of x and a function of x alone that grows from 0 to 1: an activation like silu."""
    import torch

    for place in (0, 1):
        x, gate = call.args[place], call.args[1 - place]
        if not isinstance(x, torch.Tensor) or not isinstance(gate, torch.Tensor):
            continue
        if x.shape != gate.shape or not bool(((gate >= 0) & (gate <= 1)).all()):
            continue
        slope = torch.logit(gate)[x.abs() > 1e-3] / x[x.abs() > 1e-3]
        if slope.numel() < 3 or float(slope.std() / slope.mean().abs()) > 1e-6:
            continue
        for way in pointwise.activation(replace(call, args=(x,), kwargs={})):
            if isinstance(way, Variant):
                yield Variant(
                    way.cause,
                    f"x * sigmoid({float(slope.mean()):.4g} x)",
                    of_arguments(lambda a, k, w=way, p=place: w.run(call, (a[p],), {})),
                )


def mixed(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`add` of a * x and b * y: a * y + b * x, as where a gate is read the other way round."""
    products = [calls[n] for n, _ in call.sources.values()]
    if len(products) != 2 or any(p.name not in ("mul", "rmul") for p in products):
        return
    (a, x), (b, y) = (p.args[:2] for p in products)
    if not all(getattr(t, "shape", None) == call.outputs[0].shape for t in (a, x, b, y)):
        return
    for other in (0, 1):  # the second product's factor that goes over to the first

        def run(args: Any, kwargs: Any, given: Any, other: int = other) -> Any:
            (a, x), (b, y) = (g[0][:2] for g in given)
            return a * (b, y)[other] + (b, y)[1 - other] * x

        yield Variant(
            "the factors of its two products a * x and b * y are exchanged, x and "
            f"{'by'[other]} (a gate is the other way round)",
            "h = (1 - z) * n + z * h in PyTorch's GRU",
            Reaching(tuple(products), run),
        )


WITHIN = {"add": mixed, "sigmoid": flipped, "mul": activated}
