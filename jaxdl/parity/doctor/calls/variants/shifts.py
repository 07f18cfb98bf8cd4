"""Sums, products and slices done otherwise: the other sign, another step of time, an end of 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Variant, after, of_arguments

SIGNS = {
    "add": ("subtracted, not added", lambda a, b: a - b),
    "sub": ("added, not subtracted", lambda a, b: a + b),
    "rsub": ("added, not subtracted", lambda a, b: a + b),
    "mul": ("divided by, not multiplied", lambda a, b: a / b),
    "div": ("multiplied, not divided by", lambda a, b: a * b),
}


def arithmetic(call: Call) -> Iterator[Variant]:
    """`add`, `sub`, `mul`, `div`."""
    import torch

    first, second = call.args[:2]
    told, function = SIGNS[call.name]
    for a, b in ((first, second), (second, first)):
        given = torch.as_tensor(function(a, b))
        if given.shape == call.outputs[0].shape:
            turned = b is first
            run = of_arguments(
                lambda x, _, f=function, t=turned: f(x[1], x[0]) if t else f(x[0], x[1])
            )
            yield Variant(f"it is {told}", f"{call.name} as in PyTorch", run)
    for k, (kept, left) in enumerate(((first, second), (second, first))):
        if call.name == "mul" and isinstance(left, torch.Tensor):
            run = of_arguments(
                lambda x, _, k=k: x[k] * torch.ones_like(torch.as_tensor(x[0] * x[1]))
            )
            if not isinstance(kept, torch.Tensor) or kept.shape != call.outputs[0].shape:
                yield Variant("a factor is left out", "multiply by it", run)
    if call.name == "sub":
        run = of_arguments(lambda x, _: x[1] - x[0])
        yield Variant("what is taken off is exchanged with what it is taken off", "a - b", run)
    yield from moved(call)


def moved(call: Call) -> Iterator[Variant]:
    """An argument is shifted by one along an axis, or ends with a 0."""
    import torch

    for k, tensor in enumerate(call.args[:2]):
        if not isinstance(tensor, torch.Tensor) or not tensor.ndim:
            continue
        for axis in range(tensor.ndim):
            if tensor.shape[axis] < 2:
                continue
            for told, change in _moves(axis):
                run = of_arguments(
                    lambda x, kw, k=k, f=change: call.function(*x[:k], f(x[k]), *x[k + 1 :], **kw)
                )
                yield Variant(f"what goes in is {told} along axis {axis}", "as in PyTorch", run)


def _moves(axis: int) -> Iterator[tuple[str, Any]]:
    import torch

    def zeroed(x: Any, index: int) -> Any:
        x = x.clone()
        x.select(axis, index).zero_()
        return x

    def ended(x: Any, shift: int) -> Any:
        return zeroed(torch.roll(x, shift, axis), 0 if shift > 0 else -1)

    yield "shifted by one, to the front, and round", lambda x: torch.roll(x, -1, axis)
    yield "shifted by one, to the back, and round", lambda x: torch.roll(x, 1, axis)
    yield "shifted by one, to the front", lambda x: ended(x, -1)
    yield "shifted by one, to the back", lambda x: ended(x, 1)
    yield "taken with 0 in the last place", lambda x: zeroed(x, -1)
    yield "taken with 0 in the first place", lambda x: zeroed(x, 0)
    yield "turned round", lambda x: torch.flip(x, (axis,))


def sliced(call: Call) -> Iterator[Variant]:
    """`getitem`: the result is shifted, or ends with a 0."""
    for axis in range(call.outputs[0].ndim):
        if call.outputs[0].shape[axis] < 2:
            continue
        for told, change in _moves(axis):
            yield Variant(f"it is {told} along axis {axis}", "as in PyTorch", after(change))


TABLE = {**dict.fromkeys(SIGNS, arithmetic), "getitem": sliced}
