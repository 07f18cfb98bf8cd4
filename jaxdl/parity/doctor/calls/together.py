"""One fault made everywhere: in every layer of a stack, in every step of a loop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Family, Variant


def together(
    call: Call,
    variant: Variant,
    calls: Sequence[Call],
    ways: Callable[[Call], Iterator[Variant | Family]],
) -> Iterator[dict[int, Variant]]:
    """A call's variant at others, too: at the module's own calls, at its siblings', at all.

    Gives call -> the variant with the same cause, for one such choice after the other.
    """
    alike = [c for c in calls if c.name == call.name]
    role = _role(call, calls)
    choices = (
        [c for c in alike if c.module == call.module and _role(c, calls) == role],
        [
            c
            for c in alike
            if _unnumbered(c.module) == _unnumbered(call.module) and _role(c, calls) == role
        ],
        [c for c in alike if _role(c, calls) == role],
        [c for c in alike if c.module == call.module],
        [c for c in alike if _unnumbered(c.module) == _unnumbered(call.module)],
        alike,
    )
    names = sorted({f" of {c.module}" for c in calls if c.module}, key=len, reverse=True)
    made: dict[int, Variant | None] = {call.number: variant}
    told: list[set[int]] = [set(made)]
    for choice in choices:
        for other in choice:
            if other.number not in made:
                made[other.number] = _same(variant, ways(other), names)
        change = {c.number: v for c in choice if (v := made[c.number]) is not None}
        change[call.number] = variant
        if set(change) not in told:
            told.append(set(change))
            yield change


def _same(
    variant: Variant, ways: Iterator[Variant | Family], names: Sequence[str]
) -> Variant | None:
    """The variant with the same cause, the same number solved for in it."""

    def told(cause: str) -> str:
        for name in names:
            cause = cause.replace(name, "")
        return cause

    wanted = told(variant.cause)
    for way in ways:
        if isinstance(way, Family):
            if variant.number is None:
                continue
            way = way.variant(variant.number)
        if told(way.cause) == wanted:
            return way
    # What was done to the result is done to any result.
    return variant if variant.cause.startswith("the result of") else None


def _role(call: Call, calls: Sequence[Call]) -> list[tuple[object, ...]]:
    """What kind of call each of its inputs comes from."""
    return [(place, calls[n].name, k) for place, (n, k) in call.sources.items()]


def _unnumbered(name: str) -> str:
    """ "blocks.3.norm" and "blocks.4.norm" are of one kind."""
    return re.sub(r"(?<![\w.])\d+(?=\.)|(?<=\.)\d+(?=\.)", "#", name)
