"""The first call of the PyTorch program whose numbers the JAX program does not have, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls import evidence
from jaxdl.parity.doctor.calls import ways as ways_
from jaxdl.parity.doctor.calls.alike import (
    changed,
    described,
    moved,
    reordered,
    substituted,
)
from jaxdl.parity.doctor.calls.together import together
from jaxdl.parity.doctor.calls.values import ROUNDED, Values, telling
from jaxdl.parity.doctor.calls.variants import Family, Variant

if TYPE_CHECKING:
    import numpy as np

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
REPEATING = ("repeat", "repeat_interleave", "tile")


@dataclass(frozen=True)
class Finding:
    """Where a program goes wrong, and why.

    Args:
        call: of PyTorch's, the first without its numbers in the JAX program.
        cause: what the port does; "": nothing that was tried explains it.
        cure: what it is to do.
        explains: with this change PyTorch's program gives the JAX program's results.
        place: the line of the JAX program that has the other numbers.
        known: it is one of the faults that calls of this kind are known for.
    """

    call: Call
    cause: str = ""
    cure: str = ""
    explains: bool = False
    place: str = ""
    known: bool = False


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
    if not values.narrow:
        return _explained(calls, values, results, wanted)
    exact = None
    pairs = [(array, calls[n].outputs[k]) for array, (n, k) in zip(results, wanted, strict=True)]
    near = all(evidence.agrees(*pair, values.tolerance) for pair in pairs)
    if not near and any(result.dtype != "float32" for result in results):
        exact = _explained(calls, replace(values, narrow=False), results, wanted)
        if exact is None or (exact.explains and exact.known and "float32" not in exact.cause):
            return exact
    # What float32's rounding explains is no fault.
    rough = replace(values, narrow=False, tolerance=ROUNDED)
    found = _explained(calls, rough, results, wanted)
    if found is None or found.known or exact is None or not exact.explains:
        return found
    return exact


def _explained(
    calls: Sequence[Call], values: Values, results: Sequence[np.ndarray], wanted: Sequence[Any]
) -> Finding | None:
    apart = diverging(calls, values)
    if not apart:
        apart = [
            calls[number]
            for array, (number, k) in zip(results, wanted, strict=True)
            if not evidence.in_order(array, calls[number].outputs[k])
        ]
    if not apart:
        return None

    def explains(change: Mapping[int, Variant]) -> bool:
        return evidence.explains(calls, change, values, results, wanted)

    def unsolved(call: Call) -> Iterator[Variant | Family]:
        return ways_.unsolved(call, calls, values)

    theirs = evidence.numbers_of(calls)
    first = _first(apart)
    near, far = _behind(calls, first, apart)
    partly: list[Finding] = []
    for ways, suspects, most in (
        (ways_.known, [*first, *near, *far], AFTER),
        (ways_.numbered, [*first[:SOLVED], *near], 0),
        (ways_.anyhow, [*first, *near], 0),
        (ways_.shuffled, near, 0),
    ):
        for call in suspects:
            for variant in ways(call, calls, values):
                place = evidence.seen(calls, call, variant, values, theirs, most)
                if place is None:
                    continue
                whole = explains({call.number: variant}) or (
                    len(partly) < TOGETHER
                    and any(map(explains, together(call, variant, calls, unsolved)))
                )
                found = Finding(call, variant.cause, variant.cure, whole, place, known=True)
                if whole:
                    return found
                partly.append(found)
    # What a call only puts in another order has its numbers, and is still not what it should be.
    chain = [call for call in _above(calls, [c.number for c in near]) if moved(call, values)]
    tried = 0
    fed = {source for call in chain[:1] for source, _ in call.sources.values()}
    for call in [*(calls[number] for number in sorted(fed)), *chain]:
        for variant in (*ways_.variants(call, calls, values), *reordered(call, values)):
            if not evidence.turned(call, variant, call.number in fed):
                continue
            tried += 1
            if explains({call.number: variant}) or (
                call.name in MOVING
                and tried < TOGETHER
                and any(map(explains, together(call, variant, calls, unsolved)))
            ):
                return Finding(call, variant.cause, variant.cure, True, _near(call, values))
    # The same in several at once, as in queries, keys and values, where none by itself explains it.
    for call in _feeding(calls, first[0]):
        for variant in ways_.variants(call, calls, values):
            if tried > TOGETHER:
                break
            if evidence.turned(call, variant, False):
                tried += 1
                if any(map(explains, together(call, variant, calls, unsolved))):
                    place = _near(call, values)
                    return Finding(call, variant.cause, variant.cure, True, place)
    # What a port does to a right result has no call of its own.
    fed = {source for source, _ in first[0].sources.values()}
    sources = [call for call in near if call.number in fed and call.name not in MOVING]
    for ways, suspects in ((changed, [*near, *first]), (substituted, [*sources, *first])):
        for call in suspects:
            for variant in ways(call, values):
                if not explains({call.number: variant}):
                    continue
                if variant.cause:
                    return Finding(call, variant.cause, variant.cure, True, _near(call, values))
                for found in partly:  # what is seen up to there says more
                    if found.call in first and found.call.number <= call.number:
                        return found
                told = described(call, variant)
                return Finding(call, told, "print both there", True, _near(call, values))
    for found in partly:
        if found.call in first:
            return found
    computing = (call for call in apart if call.name not in MOVING)
    place = next(computing, apart[0])
    return Finding(place, place=_near(place, values))


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


def _feeding(calls: Sequence[Call], call: Call) -> list[Call]:
    """The calls between a call and those that compute what it takes."""
    found: list[int] = []
    todo = sorted({source for source, _ in call.sources.values()}, reverse=True)
    while todo:
        number = todo.pop(0)
        if number not in found and calls[number].name in (*MOVING, *REPEATING):
            found.append(number)
            todo += sorted({source for source, _ in calls[number].sources.values()}, reverse=True)
    return [calls[number] for number in found]


def _near(call: Call, values: Values) -> str:
    found = values.nearest(call.outputs[0].detach().double().numpy())
    return found[1].place if found and found[0] < 0.5 else ""
