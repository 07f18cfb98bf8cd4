"""Hold the ways to a derivative to be equal, then time them beside each other."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jaxdl.bench.clock import forget_peak, peak, resident, spread
from jaxdl.bench.derivatives.net import AXES, DERIVATIVES, Net, Way
from jaxdl.errors import InputError

TOLERANCE = 1e-10
"""Of the largest element, in float64."""


class NotEqual(InputError):
    """Two ways to one derivative do not give the same numbers."""


def measure(
    net: Net,
    names: Collection[str] = DERIVATIVES,
    *,
    tell: Callable[[str], None] = lambda line: None,
    **more: Any,
) -> Iterator[dict[str, Any]]:
    """Derivatives of a net in three ways: equal first, then timed in turns.

    Args:
        net: in float64; both sides of it.
        names: of the derivatives to take; those that are of no net are left out.
        tell: is called with a line before each.
        more: "blocks" and "seconds", as `compared` has them.

    Yields:
        A record for each derivative and way: "derivative", "net", "axis" and "size" (on what the
        time depends most, and how large it is), "way", and where it can be taken "first_s" (the
        first call, with all that is compiled; of it "trace_s" and "compile_s" in JAX), "call_s"
        (median and quartiles), "memory_bytes" (of a call, by the framework's own account),
        "first_bytes" (by how much the first call raised the process's peak) and "error" (against
        JAX's, relative to its largest element); where it cannot, "impossible", the framework's
        words.

    Raises:
        NotEqual: two ways do not agree to `TOLERANCE`.
    """
    from jaxdl.bench.arms import derivatives as torch_ways
    from jaxdl.bench.derivatives import functional

    sides = {
        "imperative": torch_ways.imperative(net),
        "torch.func": torch_ways.functional(net),
        "jax": functional.ways(net),
    }
    for name in DERIVATIVES:
        if name in sides["jax"] and name in names:
            size = getattr(net, AXES[name])
            tell(f"{net.title} {name}, {size:,} {AXES[name]}")
            yield from compared(
                {"derivative": name, "net": net.title, "axis": AXES[name], "size": size},
                {side: ways[name] for side, ways in sides.items()},
                **more,
            )


def measure_small(
    sizes: Mapping[str, Sequence[int]],
    *,
    tell: Callable[[str], None] = lambda line: None,
    **more: Any,
) -> Iterator[dict[str, Any]]:
    """The derivatives of small programs of their own: fixed points, and truncated time.

    Args:
        sizes: of "fixed-point" the unknowns, of "truncated" the steps, multiples of `EVERY`.
        tell, more: as `measure` has them.
    """
    from jaxdl.bench.arms import derivatives as torch_ways
    from jaxdl.bench.derivatives import functional

    for name, theirs, ours, given in (
        ("fixed-point", torch_ways.fixed_point, functional.fixed_point, _system),
        ("truncated", torch_ways.truncated, functional.truncated, _sequence),
    ):
        for size in sizes.get(name, ()):
            tell(f"{name}, {size:,} {AXES[name]}")
            arrays = given(size)
            labels = {"derivative": name, "net": "", "axis": AXES[name], "size": size}
            yield from compared(labels, {**theirs(*arrays), "jax": ours(*arrays)}, **more)


def compared(
    labels: dict[str, Any], ways: dict[str, Way], *, blocks: int = 7, seconds: float = 0.05
) -> Iterator[dict[str, Any]]:
    """One derivative in several ways, "jax" among them, against which the others are held.

    Args:
        labels: go into every record.
        ways: name -> way.
        blocks: measurements of each way, in turns.
        seconds: how long a measurement lasts, about.
    """
    records, results, calls = {}, {}, {}
    for side, way in ways.items():
        record = records[side] = {**labels, "way": side}
        forget_peak()
        before, began = resident(), time.perf_counter()
        try:
            with warnings.catch_warnings():  # it is told by what is measured
                warnings.simplefilter("ignore", UserWarning)
                parts = way.prepare()
                found = way.run()
        except (RuntimeError, NotImplementedError, ValueError) as error:
            record["impossible"] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
            continue
        record["first_s"] = time.perf_counter() - began
        record |= parts
        record["first_bytes"] = max(0, peak() - before)
        results[side], calls[side] = way.told(found), way.run
    if "jax" not in results:
        raise InputError(f"{labels['derivative']}: {records['jax']['impossible']}")
    for side, result in results.items():
        records[side]["error"] = error = _error(result, results["jax"])
        if not error <= TOLERANCE:
            raise NotEqual(
                f"{labels['derivative']} of {labels['net'] or 'its own program'}: "
                f"{side} and jax are {error:.1e} apart, not {TOLERANCE:.0e}"
            )
    for side in results:
        records[side]["memory_bytes"] = ways[side].memory()
    times = _in_turns(calls, blocks, seconds)
    for side, record in records.items():
        yield record | ({"call_s": spread(times[side])} if side in times else {})


def _error(a: np.ndarray, b: np.ndarray) -> float:
    if a.shape != b.shape:
        return float("inf")
    return float(np.max(np.abs(a - b), initial=0) / max(np.max(np.abs(b), initial=0), 1e-300))


def _in_turns(
    calls: Mapping[str, Callable[[], Any]], blocks: int, seconds: float
) -> dict[str, list[float]]:
    """Seconds a call, of each, `blocks` times, the ways taking turns."""
    repeats = {}
    for side, call in calls.items():
        began = time.perf_counter()
        call()
        repeats[side] = max(1, int(seconds / max(time.perf_counter() - began, 1e-9)))
    times: dict[str, list[float]] = {side: [] for side in calls}
    for _ in range(blocks):
        for side, call in calls.items():
            began = time.perf_counter()
            for _ in range(repeats[side]):
                call()
            times[side].append((time.perf_counter() - began) / repeats[side])
    return times


def _system(size: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    weights = draw.normal(size=(size, size))
    return 0.5 * weights / np.linalg.norm(weights, 2), draw.normal(size=size)


def _sequence(steps: int, width: int = 16) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    return 0.2 * draw.normal(size=(width, width)), draw.normal(size=(steps, width))
