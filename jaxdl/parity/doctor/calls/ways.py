"""In which ways a call may have been made in the JAX program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.alike import reordered
from jaxdl.parity.doctor.calls.evidence import UNKNOWN
from jaxdl.parity.doctor.calls.solving import solved
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants import (
    TABLE,
    WITHIN,
    Family,
    Variant,
    dropped,
    generic,
    order,
)
from jaxdl.parity.doctor.calls.variants.convolution import after_padding
from jaxdl.parity.doctor.calls.variants.reparametrised import spectral


def variants(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """What may have been done in a call's place, the likeliest first."""
    for ways in (known, numbered, anyhow):
        yield from ways(call, calls, values)


def known(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """Left out, or as calls of this kind are known for, or before the one whose result it takes."""
    yield from generic.skipped(call)
    for way in _ways(call, calls, values):
        if isinstance(way, Variant):
            yield way
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
    yield from generic.exchanged(call, calls)
    yield from generic.rewired(call, calls[: call.number])
    yield from generic.joined(call, calls[: call.number])


def _ways(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant | Family]:
    with suppress(*UNKNOWN):  # a form of the call that the table does not know
        yield from after_padding(call, calls)
    for own in TABLE.get(call.name, ()):
        with suppress(*UNKNOWN):
            yield from own(call)
    with suppress(*UNKNOWN):
        yield from spectral(call, calls)
    for ways in WITHIN.get(call.name, ()):
        with suppress(*UNKNOWN):
            yield from ways(call, calls, values)


def unsolved(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant | Family]:
    """All of them, families as they are; for a call whose sibling's cause is known."""
    yield from generic.skipped(call)
    yield from _ways(call, calls, values)
    yield from order.exchanged(call, calls)
    yield from generic.rounded(call)
    yield from generic.exchanged(call, calls)
    yield from generic.rewired(call, calls[: call.number])


def shuffled(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """Its numbers in the order in which the JAX program has them."""
    yield from reordered(call, values)
