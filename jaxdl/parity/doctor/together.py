"""One fault made everywhere: in every layer of a stack, in every step of a loop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import Variant


def together(
    call: Call,
    variant: Variant,
    calls: Sequence[Call],
    variants: Callable[[Call], Iterator[Variant]],
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
        [c for c in alike if c.module == call.module],
        [c for c in alike if _unnumbered(c.module) == _unnumbered(call.module)],
        alike,
    )
    wanted = _unnumbered(variant.cause)
    changed: dict[int, Variant] = {call.number: variant}
    tried: set[int] = set(changed)
    length = 1
    for choice in choices:
        for other in choice:
            if other.number not in tried:
                tried.add(other.number)
                same = (v for v in variants(other) if _unnumbered(v.cause) == wanted)
                found = next(same, None)
                if found is not None:
                    changed[other.number] = found
        if len(changed) > length:
            length = len(changed)
            yield dict(changed)


def _role(call: Call, calls: Sequence[Call]) -> list[tuple[object, ...]]:
    """What kind of call each of its inputs comes from."""
    return [(place, calls[n].name, k) for place, (n, k) in call.sources.items()]


def _unnumbered(name: str) -> str:
    """ "blocks.3.norm" and "blocks.4.norm" are of one kind."""
    return re.sub(r"(?<![\w.])\d+(?=\.)|(?<=\.)\d+(?=\.)", "#", name)
