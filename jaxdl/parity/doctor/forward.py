"""The first call of the PyTorch program whose numbers the JAX program does not have, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, again, made, tensors_in
from jaxdl.parity.doctor.alike import changed, moved, reordered, substituted
from jaxdl.parity.doctor.solving import solved
from jaxdl.parity.doctor.together import together
from jaxdl.parity.doctor.values import EXACT, Values, telling
from jaxdl.parity.doctor.variants import TABLE, WITHIN, Family, Variant, dropped, generic, order
from jaxdl.parity.doctor.variants.convolution import after_padding
from jaxdl.parity.doctor.variants.spectral import spectral
from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

UNKNOWN = (RuntimeError, IndexError, KeyError, ValueError, TypeError, AttributeError)
TRIED = 10
"""Calls from the first that differs on, whose variants are tried."""
SOLVED = 5
"""Of those so many whose numbers are solved for."""
AFTER = 12
"""Calls after a changed one in which its numbers are looked for."""
DEPTH, BEHIND = 8, 14
"""So far back, and so many, calls are tried whose own numbers are right."""
TOGETHER = 80
"""Variants that explain a part, and are tried at all calls of a kind."""
MOVING = {
    *("cat", "chunk", "concat", "expand", "flatten", "getitem", "index_select", "movedim", "mT"),
    *("pack_padded_sequence", "pad", "permute", "reshape", "select", "split", "squeeze", "stack"),
    *("T", "transpose", "unbind", "unflatten", "unsqueeze", "view", "zeros", "ones", "arange"),
}
"""Calls that compute nothing: what differs first lies behind them."""


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
    apart = diverging(calls, values)
    if not apart:
        apart = [
            calls[number]
            for array, (number, k) in zip(results, wanted, strict=True)
            if not in_order(array, calls[number].outputs[k])
        ]
    if not apart:
        return None

    def explains(change: Mapping[int, Variant]) -> bool:
        return _explains(calls, change, values, results, wanted)

    def unsolved(call: Call) -> Iterator[Variant | Family]:
        return _unsolved(call, calls, values)

    theirs = numbers_of(calls)
    first = _first(apart)
    near, far = _behind(calls, first, apart)
    partly: list[Finding] = []
    for ways, suspects, most in (
        (known, [*first, *near, *far], AFTER),
        (numbered, [*first[:SOLVED], *near], 0),
        (anyhow, [*first, *near], 0),
        (shuffled, near, 0),
    ):
        for call in suspects:
            for variant in ways(call, calls, values):
                place = seen(calls, call, variant, values, theirs, most)
                if place is None:
                    continue
                whole = explains({call.number: variant}) or (
                    len(partly) < TOGETHER
                    and any(map(explains, together(call, variant, calls, unsolved)))
                )
                found = Finding(call, variant.cause, variant.cure, whole, place)
                if whole:
                    return found
                partly.append(found)
    # What a call only puts in another order has its numbers, and is still not what it should be.
    chain = [call for call in _above(calls, [c.number for c in near]) if moved(call, values)]
    fed = {source for call in chain[:1] for source, _ in call.sources.values()}
    for call in [*(calls[number] for number in sorted(fed)), *chain]:
        for variant in (*variants(call, calls, values), *reordered(call, values)):
            turned = _turned(call, variant, call.number in fed)
            if turned and explains({call.number: variant}):
                return Finding(call, variant.cause, variant.cure, True, _near(call, values))
    # What a port does to a right result has no call of its own.
    for ways, suspects in ((changed, [*near, *first]), (substituted, first)):
        for call in suspects:
            for variant in ways(call, values):
                if explains({call.number: variant}):
                    told = next((f for f in partly if f.call is call), None)
                    found = Finding(call, variant.cause, variant.cure, True, _near(call, values))
                    return told if told and not found.cause else found
    for found in partly:
        if found.call in first:
            return found
    computing = (call for call in apart if call.name not in MOVING)
    place = next(computing, apart[0])
    return Finding(place, place=_near(place, values))


def in_order(array: np.ndarray, tensor: Any) -> bool:
    """A result's numbers stand in PyTorch's order, or in that of other axes."""
    import numpy as np

    wanted = tensor.detach().double().numpy()
    if array.shape != wanted.shape:
        return True
    limit = 1e-6 * np.abs(wanted[np.isfinite(wanted)]).max(initial=1e-30)
    orders = permutations(range(array.ndim)) if array.ndim <= 5 else [range(array.ndim)]
    return any(
        np.allclose(array.transpose(order), wanted, rtol=0, atol=limit, equal_nan=True)
        for order in orders
        if array.transpose(order).shape == wanted.shape
    )


def _first(apart: Sequence[Call]) -> list[Call]:
    """So many calls that compute something, and what is between them."""
    found, computing = [], 0
    for call in apart:
        computing += call.name not in MOVING
        if computing > TRIED:
            break
        found.append(call)
    return found


def _behind(
    calls: Sequence[Call], first: Sequence[Call], apart: Sequence[Call]
) -> tuple[list[Call], list[Call]]:
    """What the first calls that differ take, and what that takes: their numbers may be all right,
    and their order not.
    """
    differing = {call.number for call in apart}
    todo = {source for call in first for source, _ in call.sources.values()} - differing
    near, found = sorted(todo, reverse=True), dict.fromkeys(todo)
    for _ in range(DEPTH):
        todo = {source for n in todo for source, _ in calls[n].sources.values()} - set(found)
        found.update(dict.fromkeys(sorted(todo, reverse=True)))
    far = [number for number in found if number not in near][:BEHIND]
    return [calls[n] for n in near], [calls[n] for n in far]


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
    for ways in (known, numbered, anyhow):
        yield from ways(call, calls, values)


def known(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """What calls of this kind are known for; left out; made before the call whose result it takes."""
    for way in _ways(call, calls, values):
        if isinstance(way, Variant):
            yield way
    yield from generic.skipped(call)
    yield from order.exchanged(call, calls)


def numbered(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """Another number in a call of this kind."""
    for way in _ways(call, calls, values):
        if isinstance(way, Family):
            with suppress(*UNKNOWN):
                yield from solved(way, call, values)


def anyhow(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """What may be wrong with any call."""
    yield from generic.scaled(call, values)
    yield from dropped.dropped(call, values)
    yield from generic.rounded(call)
    yield from generic.rewired(call, calls[: call.number])
    yield from generic.joined(call, calls[: call.number])


def _ways(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant | Family]:
    with suppress(*UNKNOWN):  # a form of the call that the table does not know
        yield from after_padding(call, calls)
        yield from TABLE.get(call.name, lambda call: iter(()))(call)
        yield from spectral(call, calls)
    for ways in WITHIN.get(call.name, ()):
        with suppress(*UNKNOWN):
            yield from ways(call, calls, values)


def _unsolved(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant | Family]:
    yield from _ways(call, calls, values)
    yield from generic.skipped(call)
    yield from order.exchanged(call, calls)
    yield from generic.rounded(call)
    yield from generic.rewired(call, calls[: call.number])


def shuffled(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """Its numbers in the order in which the JAX program has them."""
    yield from reordered(call, values)


def seen(
    calls: Sequence[Call],
    call: Call,
    variant: Variant,
    values: Values,
    theirs: Values,
    most: int = 0,
) -> str | None:
    """The line of the JAX program that has the variant's numbers; None: none has.

    Where the variant gives what some call gives anyhow (a call left out gives its input), the
    numbers of the calls that use it must be there. And of what has no numbers of its own in the
    JAX program (one writes -1e30, the other -inf), so many of the next calls are looked at.
    """
    outputs = _outputs(variant, call)
    if not outputs:
        return None
    if len(outputs) == len(call.outputs) and all(map(_same, outputs, call.outputs)):
        return None  # the same numbers: nothing is changed
    there = False
    for new, old in zip(outputs, call.outputs, strict=False):
        array = new.detach().double().numpy()
        found = values.like(array)
        if found is None or _same(new, old) or not telling(array):
            continue
        if theirs.like(array) is None:
            return found.place
        there = True
    return _seen_after(calls, call, variant, values, theirs, max(most, 3) if there else most)


def _seen_after(
    calls: Sequence[Call],
    call: Call,
    variant: Variant,
    values: Values,
    theirs: Values,
    most: int,
) -> str | None:
    if not most:
        return None
    try:
        found = again(calls, {call.number: variant.run}, call.number, most + 1)
    except UNKNOWN:
        return None
    for number, outputs in found.items():
        if number == call.number:
            continue
        for new in outputs:
            array = new.detach().double().numpy()
            there = values.like(array) if new.is_floating_point() else None
            if there is not None and theirs.like(array) is None and telling(array):
                return there.place
    return None


def _turned(call: Call, variant: Variant, fed: bool) -> bool:
    """The variant gives the call's numbers in another order; of what only feeds it, any."""
    outputs = _outputs(variant, call)
    if not outputs or outputs[0].numel() != call.outputs[0].numel() or fed:
        return bool(outputs) and fed and outputs[0].shape == call.outputs[0].shape
    new, old = (print_of(t.detach().double().numpy()) for t in (outputs[0], call.outputs[0]))
    return distance(new, old) <= EXACT


def _explains(
    calls: Sequence[Call],
    change: Mapping[int, Variant],
    values: Values,
    results: Any,
    wanted: Any,
) -> bool:
    """With the variants PyTorch's program gives the JAX program's results."""
    try:
        found = again(calls, {n: v.run for n, v in change.items()}, min(change))
    except UNKNOWN:
        return False
    for array, (number, k) in zip(results, wanted, strict=True):
        tensor = found[number][k] if number in found else calls[number].outputs[k]
        ours = print_of(array)
        if distance(ours, print_of(tensor.detach().double().numpy())) > 10 * values.tolerance:
            return False
        if not in_order(array, tensor):
            return False
    return True


def _outputs(variant: Variant, call: Call) -> list[Any]:
    import torch

    try:
        with torch.no_grad():
            found = made(call, variant.run)
    except UNKNOWN:
        return []
    return [t for t in found if t.is_floating_point()]


def _same(a: Any, b: Any) -> bool:
    """Two tensors have the same numbers in the same places."""
    import torch

    scale = float(b.abs().max()) if b.numel() else 0.0
    return a.shape == b.shape and torch.allclose(
        a.double(), b.double(), rtol=0, atol=EXACT * scale, equal_nan=True
    )


def numbers_of(calls: Sequence[Call]) -> Values:
    """What PyTorch's calls give and take."""
    found = Values()
    seen: set[int] = set()
    for call in calls:
        for tensor in (*call.outputs, *tensors_in((call.args, call.kwargs))):
            if tensor.is_floating_point() and tensor.numel() and id(tensor) not in seen:
                seen.add(id(tensor))
                found.add(tensor.detach().double().numpy(), call.name, "")
    return found


def _near(call: Call, values: Values) -> str:
    found = values.nearest(call.outputs[0].detach().double().numpy())
    return found[1].place if found and found[0] < 0.5 else ""
