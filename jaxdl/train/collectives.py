"""What several devices send each other, read off a compiled program.

Where a program's arrays are shared out among devices, XLA puts collective operations between its
own: the compiled program's text names each, with the shape of what it gives, and says how often a
loop runs.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, NamedTuple

KINDS = ("all-reduce", "all-gather", "reduce-scatter", "collective-permute", "all-to-all")
COMPUTATION = re.compile(r"^(?P<entry>ENTRY )?%(?P<name>\S+) \(.*\{$")
OPERATION = re.compile(rf" = (?P<shape>.+?) (?P<kind>{'|'.join(KINDS)})(?P<start>-start)?\(")
ARRAY = re.compile(r"(?P<dtype>pred|[a-z]+\d+\w*)\[(?P<sizes>[\d,]*)\]")
CALLED = re.compile(r"(?:body|to_apply|calls)=%([^\s,)}]+)")
TRIPS = re.compile(r'"known_trip_count":\{"n":"(\d+)"')


class Collective(NamedTuple):
    """One collective operation.

    Attributes:
        kind: one of `KINDS`.
        arrays: how many it takes at once: XLA combines several of a kind.
        bytes: of its results, on one device, each time.
        times: how often it is run: more than once in a loop.
    """

    kind: str
    arrays: int
    bytes: int
    times: int


def collectives(compiled: Any) -> list[Collective]:
    """Those of a compiled program.

    Args:
        compiled: what `jax.jit(f).lower(...).compile()` gives, or its `as_text()`.

    Raises:
        ValueError: one stands in a loop of which the program does not say how often it runs.
    """
    text = compiled if isinstance(compiled, str) else compiled.as_text()
    found: list[Collective] = []
    entry, computations = _computations(text)

    def walk(name: str, times: int | None) -> None:
        for line in computations[name]:
            if operation := OPERATION.search(line):
                if times is None:
                    raise ValueError(f"nobody knows how often it is run: {line.strip()}")
                found.append(_collective(operation, times))
            trips = TRIPS.search(line)
            often = times
            if " while(" in line:
                often = times and trips and times * int(trips[1])
            for called in CALLED.findall(line):
                walk(called, often)

    walk(entry, 1)
    return found


def bytes_by_kind(compiled: Any) -> dict[str, int]:
    """Kind -> the bytes of all collectives of that kind; kinds that do not occur are left out."""
    total: Counter[str] = Counter()
    for collective in collectives(compiled):
        total[collective.kind] += collective.bytes * collective.times
    return dict(total)


def _computations(text: str) -> tuple[str, dict[str, list[str]]]:
    """The name of the first one to run, and the lines of each."""
    entry, name, found = "", "", {}
    for line in text.splitlines():
        if head := COMPUTATION.match(line):
            name = head["name"]
            found[name] = []
            entry = name if head["entry"] else entry
        elif name:
            found[name].append(line)
    return entry, found


def _collective(operation: re.Match[str], times: int) -> Collective:
    sizes = [
        _bits(array["dtype"]) * math.prod(int(n) for n in array["sizes"].split(",") if n) // 8
        for array in ARRAY.finditer(operation["shape"])
    ]
    if operation["start"] and operation["kind"] in ("all-gather", "collective-permute"):
        sizes = sizes[len(sizes) // 2 :]  # (what goes in, what comes out)
    return Collective(operation["kind"], len(sizes), sum(sizes), times)


def _bits(dtype: str) -> int:
    """f64 -> 64, bf16 -> 16, pred -> 8, f8e4m3fn -> 8."""
    return 8 if dtype == "pred" else int(re.findall(r"\d+", dtype)[0])
