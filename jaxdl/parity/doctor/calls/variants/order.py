"""Two calls one after the other, in the other order: 1 added after the gate, not before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call, Reaching
from jaxdl.parity.doctor.calls.variants.variant import Variant

PARTS = {"chunk", "split", "unbind", "getitem", "select", "narrow", "tensor_split"}
SHAPES = {"transpose", "permute", "reshape", "view", "unflatten", "flatten", "unsqueeze", "squeeze"}


def exchanged(call: Call, calls: Sequence[Call]) -> Iterator[Variant]:
    """A call that is made before the one whose result it takes, and not after it.

    The result may have been cut into parts, or reshaped, between the two.
    """
    import torch

    if call.name in PARTS | SHAPES or len(call.outputs) != 1:
        return
    for place, (number, k) in call.sources.items():
        if len(place) != 1:
            continue
        cuts: list[tuple[Call, int]] = []
        base = calls[number]
        while base.name in PARTS | SHAPES and (0,) in base.sources:
            cuts.append((base, k))
            number, k = base.sources[(0,)]
            base = calls[number]
        if len(base.outputs) != 1 or base.name in PARTS | SHAPES:
            continue
        for inner, array in enumerate(base.args):
            if not isinstance(array, torch.Tensor) or not array.is_floating_point():
                continue
            run = _turned(call, place[0], base, inner, cuts)
            yield Variant(
                f"{call.name} stands before {base.title}, not after it",
                f"first {base.name}, then {call.name}",
                Reaching((base,), run),
            )


def _turned(call: Call, place: int, base: Call, inner: int, cuts: Any) -> Any:
    def run(args: Any, kwargs: Any, given: Any) -> Any:
        ((own, named),) = given
        if call.name == "rsqrt":  # the root, and one over it
            y = own[inner].sqrt()
        else:
            y = call.function(*_put(args, place, own[inner]), **kwargs)
        y = base.function(*_put(own, inner, y), **named)
        y = y.reciprocal() if call.name == "rsqrt" else y
        for cut, k in reversed(cuts):
            y = cut.function(y, *cut.args[1:], **cut.kwargs)
            y = y[k] if isinstance(y, list | tuple) else y
        if y.shape != call.outputs[0].shape:
            raise ValueError("the calls cannot be exchanged")
        return y

    return run


def _put(args: Any, place: int, value: Any) -> Any:
    return (*args[:place], value, *args[place + 1 :])
