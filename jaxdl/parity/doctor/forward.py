"""The first call of the PyTorch program whose numbers the JAX program does not have, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, again, made, tensors_in
from jaxdl.parity.doctor.alike import changed, moved, reordered, substituted
from jaxdl.parity.doctor.solving import solved
from jaxdl.parity.doctor.values import EXACT, ROUNDED, Values, telling
from jaxdl.parity.doctor.variants import TABLE, Family, Variant, generic
from jaxdl.parity.doctor.variants.convolution import after_padding
from jaxdl.parity.doctor.variants.reparametrised import spectral
from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

UNKNOWN = (RuntimeError, IndexError, ValueError, TypeError, AttributeError)
TRIED = 8
"""Calls from the first that differs on, whose variants are tried."""


@dataclass(frozen=True)
class Finding:
    """Where a program goes wrong, and why.

    Args:
        call: of PyTorch's, the first without its numbers in the JAX program.
        cause: what the port does; "": nothing that was tried explains it.
        cure: what it is to do.
        explains: with this change PyTorch's program gives the JAX program's results.
        place: the line of the JAX program that has the other numbers.
    """

    call: Call
    cause: str = ""
    cure: str = ""
    explains: bool = False
    place: str = ""


def diverging(calls: Sequence[Call], values: Values) -> list[Call]:
    """The calls whose numbers are not in the JAX program, nor those of any call that uses them.

    What a port computes in another form (a norm in one call, a variance as a mean of squares) has
    no counterpart either, but what comes of it has.
    """
    used = {source for call in calls for source in call.sources.values()}
    matched: dict[int, bool | None] = {}
    for call in calls:
        asked = [k for k in range(len(call.outputs)) if (call.number, k) in used] or [0]
        found: list[bool] = []
        for k in asked:
            array = call.outputs[k].detach().double().numpy()
            if array.size and telling(array):
                found.append(values.like(array) is not None)
        matched[call.number] = all(found) if found else None
    good: dict[int, bool] = {}
    users: dict[int, list[int]] = {}
    for call in calls:
        for source, _ in call.sources.values():
            users.setdefault(source, []).append(call.number)
    for call in reversed(calls):
        own = matched[call.number]
        good[call.number] = own is True or any(good[user] for user in users.get(call.number, ()))
    return [call for call in calls if matched[call.number] is False and not good[call.number]]


def explain(
    calls: Sequence[Call], values: Values, results: Sequence[np.ndarray], wanted: Sequence[Any]
) -> Finding | None:
    """Why the JAX program's numbers are others; None: all of them are there.

    Args:
        calls: the PyTorch program's, the last of them its result.
        values: of the JAX program.
        results: what the JAX program gives.
        wanted: what PyTorch's gives: (call, output) of each of the results.
    """
    if values.narrow:  # what float32's rounding explains is no fault
        rough = replace(values, tolerance=ROUNDED)
        if not diverging(calls, rough):
            return None
        found = _explained(calls, replace(values, narrow=False), results, wanted)
        if found is None or not found.explains:
            found = _explained(calls, rough, results, wanted)
        return found
    return _explained(calls, values, results, wanted)


def _explained(
    calls: Sequence[Call], values: Values, results: Sequence[np.ndarray], wanted: Sequence[Any]
) -> Finding | None:
    apart = diverging(calls, values)
    if not apart:
        return None
    first = apart[:TRIED]
    before = {source for call in first[:2] for source, _ in call.sources.values()}
    before -= {call.number for call in apart}

    def tried(call: Call, variant: Variant, place: str) -> Finding:
        whole = _explains(calls, call, variant, values, results, wanted)
        return Finding(call, variant.cause, variant.cure, whole, place)

    local: list[Finding] = []
    for call in first:
        for variant in variants(call, calls, values):
            place = seen(calls, call, variant, values)
            if place is not None:
                found = tried(call, variant, place)
                if found.explains:
                    return found
                local.append(found)
    # What a call only puts in another order has its numbers, and is still not what it should be;
    # and what a port does to a right result has no call of its own.
    chain = [call for call in _above(calls, before) if moved(call, values)]
    fed = {source for call in chain[:1] for source, _ in call.sources.values()}
    chain = [*(calls[number] for number in sorted(fed)), *chain]
    for call in (*chain, *(calls[number] for number in sorted(before, reverse=True))):
        for variant in (*variants(call, calls, values), *reordered(call, values)):
            place = seen(calls, call, variant, values)
            if place is None and call in chain and _turned(call, variant, call.number in fed):
                place = _near(call, values)
            if place is not None:
                found = tried(call, variant, place)
                if found.explains:
                    return found
    matched = [calls[number] for number in sorted(before)]
    for ways in (changed, substituted):
        for call in (*(matched if ways is changed else ()), *first):
            for variant in ways(call, values):
                found = tried(call, variant, _near(call, values))
                if found.explains:
                    told = next((f for f in local if f.call is call), None)
                    return told if told and not found.cause else found
    return local[0] if local else Finding(apart[0], place=_near(apart[0], values))


def _above(calls: Sequence[Call], numbers: Iterable[int]) -> list[Call]:
    """The calls from which these come, and they themselves, in the order of the program."""
    found: set[int] = set()
    todo = list(numbers)
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += [source for source, _ in calls[number].sources.values()]
    return [calls[number] for number in sorted(found)]


def variants(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """What may have been done in a call's place, the likeliest first."""
    earlier = calls[: call.number]
    with suppress(*UNKNOWN):  # a form of the call that the table does not know
        yield from after_padding(call, calls)
        for way in TABLE.get(call.name, lambda call: iter(()))(call):
            if isinstance(way, Family):
                yield from solved(way, call, values)
            else:
                yield way
        yield from spectral(call, calls)
    yield from generic.skipped(call)
    yield from generic.scaled(call, values)
    yield from generic.rounded(call)
    yield from generic.rewired(call, earlier)


def seen(calls: Sequence[Call], call: Call, variant: Variant, values: Values) -> str | None:
    """The line of the JAX program that has the variant's numbers; None: none has.

    Where the variant gives what some call gives anyhow (a call left out gives its input), the
    numbers of the calls that use it must be there.
    """
    outputs = _outputs(variant, call)
    if not outputs:
        return None
    shapes = [tuple(t.shape) for t in call.outputs]
    if all(
        tuple(t.shape) == s and _same(t, o)
        for t, s, o in zip(outputs, shapes, call.outputs, strict=False)
    ):
        return None  # the same numbers: nothing is changed
    for new, old in zip(outputs, call.outputs, strict=False):
        array = new.detach().double().numpy()
        if _same(new, old) or not array.size or not telling(array):
            continue
        found = values.like(array)
        if found is None:
            return None
        if not _known(array, calls):
            return found.place
    return _seen_after(calls, call, variant, values)


def _turned(call: Call, variant: Variant, fed: bool) -> bool:
    """The variant gives the call's numbers in another order; of what only feeds it, any."""
    outputs = _outputs(variant, call)
    if not outputs or outputs[0].numel() != call.outputs[0].numel() or fed:
        return bool(outputs) and fed and outputs[0].shape == call.outputs[0].shape
    new, old = (print_of(t.detach().double().numpy()) for t in (outputs[0], call.outputs[0]))
    return distance(new, old) <= EXACT


def _seen_after(calls: Sequence[Call], call: Call, variant: Variant, values: Values) -> str | None:
    try:
        found = again(calls, {call.number: variant.run}, call.number)
    except (RuntimeError, IndexError, ValueError, TypeError):
        return None
    users = [c for c in calls if any(source == call.number for source, _ in c.sources.values())]
    for user in users[:3]:
        for new, old in zip(found.get(user.number, ()), user.outputs, strict=False):
            array = new.detach().double().numpy()
            if _same(new, old) or not telling(array) or _known(array, calls):
                continue
            there = values.like(array)
            if there is not None:
                return there.place
    return None


def _explains(
    calls: Sequence[Call],
    call: Call,
    variant: Variant,
    values: Values,
    results: Any,
    wanted: Any,
) -> bool:
    """With the variant PyTorch's program gives the JAX program's results."""
    try:
        found = again(calls, {call.number: variant.run}, call.number)
    except (RuntimeError, IndexError, ValueError, TypeError):
        return False
    for array, (number, k) in zip(results, wanted, strict=True):
        tensor = found[number][k] if number in found else calls[number].outputs[k]
        ours = print_of(array)
        if distance(ours, print_of(tensor.detach().double().numpy())) > 10 * values.tolerance:
            return False
    return True


def _outputs(variant: Variant, call: Call) -> list[Any]:
    import torch

    try:
        with torch.no_grad():
            found = made(call, variant.run)
    except (RuntimeError, IndexError, ValueError, TypeError, AttributeError, NotImplementedError):
        return []
    return [t for t in found if t.is_floating_point()]


def _same(a: Any, b: Any) -> bool:
    """Two tensors have the same numbers in the same places."""
    import torch

    scale = float(b.abs().max()) if b.numel() else 0.0
    return a.shape == b.shape and torch.allclose(
        a.double(), b.double(), rtol=0, atol=EXACT * scale, equal_nan=True
    )


def _known(array: np.ndarray, calls: Sequence[Call]) -> bool:
    """Some call of PyTorch's gives these numbers anyhow, or takes them."""
    wanted = print_of(array)
    for call in calls:
        for tensor in (*call.outputs, *tensors_in((call.args, call.kwargs))):
            if tensor.numel() != array.size or not tensor.is_floating_point():
                continue
            if distance(print_of(tensor.detach().double().numpy()), wanted) <= EXACT:
                return True
    return False


def _near(call: Call, values: Values) -> str:
    found = values.nearest(call.outputs[0].detach().double().numpy())
    return found[1].place if found and found[0] < 0.5 else ""
