"""Arithmetic, bounds and reductions done otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.solving import candidates
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.generic import skipped
from jaxdl.parity.doctor.calls.variants.variant import Argument, Family, Variant, X, of_arguments

NUMBERS = (
    *(-(10.0**k) for k in range(4, -13, -1)),
    *(-0.5, -1.5, -2.5),
    0.0,
    *(10.0**k for k in range(-12, 5)),
    *(0.5, 1.5, 2.5),
)
"""Between these the numbers are looked for that stand in a call."""


def arithmetic(call: Call) -> Iterator[Variant | Family]:
    """`add`, `mul`, `pow`… of a tensor and a number: another number; an operation in its place."""
    import torch

    args = call.args
    if len(args) < 2:
        return
    yield from skipped(call)
    for place, number in enumerate(args[:2]):
        if isinstance(number, int | float) and not isinstance(number, bool):
            what = Argument(place, "")
            own = float(number)
            cause = f"the number in {call.name} is {{}}, not {own:.6g}"
            yield Family(cause, f"it is {own:.6g}", what.as_, tuple(sorted(NUMBERS)), own)
    if not all(isinstance(a, torch.Tensor) for a in args[:2]):
        return
    for name, way in {
        "the sum": lambda a, b: a + b,
        "the difference": lambda a, b: a - b,
        "the difference the other way round": lambda a, b: b - a,
        "the product": lambda a, b: a * b,
        "the quotient": lambda a, b: a / b,
        "the quotient the other way round": lambda a, b: b / a,
        "the larger": torch.maximum,
        "the smaller": torch.minimum,
        "the product with 1 + the second": lambda a, b: a * (1 + b),
        "the product with 1 + the first": lambda a, b: (1 + a) * b,
        "the mean": lambda a, b: (a + b) / 2,
    }.items():
        run = of_arguments(lambda args, kwargs, w=way: w(args[0], args[1]))
        yield Variant(f"{name} stands in the place of {call.name}", f"{call.name}", run)
    cure = f"{call.name} of the two as they are"
    for place, which in enumerate(("first", "second")):
        part = Argument(place, "")
        times = lambda c, p=part: p.as_(lambda a, k: p.of(a, k) * c)  # noqa: E731
        cause = f"the {which} is multiplied by {{}} before {call.name}"
        yield Family(cause, cure, times, tuple(sorted(NUMBERS)), 1.0)


def reduction(call: Call) -> Iterator[Variant]:
    """`mean`, `sum`, `var`, `std`, `amax`…: over other axes, or another statistic."""
    dim = Argument(1, "dim")
    x, axes = X.of(call.args, call.kwargs), dim.of(call.args, call.kwargs)
    own = None if not isinstance(axes, int | tuple | list) else axes
    keep = Argument(2, "keepdim", False).of(call.args, call.kwargs) is True
    chosen = (
        tuple(range(x.ndim)) if own is None else ((own,) if isinstance(own, int) else tuple(own))
    )
    chosen = tuple(a % x.ndim for a in chosen)
    correction = 0
    if call.name in ("var", "std"):
        unbiased = call.kwargs.get("unbiased", call.kwargs.get("correction", 1))
        correction = int(unbiased)
        for other, what in ((0, "n"), (1, "n - 1")):
            if other != correction:
                run = of_arguments(
                    lambda args, kwargs, c=other: getattr(X.of(args, kwargs), call.name)(
                        chosen, correction=c, keepdim=keep
                    )
                )
                yield Variant(
                    f"divided by {what}: ddof={other}",
                    f"jnp.{call.name}(x, ddof={correction}); NumPy's default is 0, PyTorch's 1",
                    run,
                )
    statistics = {
        "mean": lambda x, a: x.mean(a, keepdim=keep),
        "sum": lambda x, a: x.sum(a, keepdim=keep),
        "amax": lambda x, a: x.amax(a, keepdim=keep),
        "std": lambda x, a: x.std(a, correction=correction, keepdim=keep),
        "var": lambda x, a: x.var(a, correction=correction, keepdim=keep),
        "root of the mean square": lambda x, a: (x**2).mean(a, keepdim=keep).sqrt(),
    }
    for name, function in statistics.items():
        if name != call.name and chosen:
            run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs), chosen))
            yield Variant(f"the {name} is taken, not the {call.name}", f"take the {call.name}", run)
    for others in combinations(range(x.ndim), len(chosen)):
        own_kind = statistics.get(call.name)
        if own_kind and set(others) != set(chosen):
            run = of_arguments(lambda args, kwargs, f=own_kind, a=others: f(X.of(args, kwargs), a))
            yield Variant(
                f"taken over axes {others} of PyTorch's {tuple(x.shape)}, not {chosen}",
                f"take it over axes {chosen} (in PyTorch's layout)",
                run,
            )


def clamp(call: Call) -> Iterator[Variant | Family]:
    """`clamp`: without a bound."""
    for cause, function in (
        ("not clipped", lambda x: x),
        ("clipped from below alone", lambda x: x.clamp(min=_bound(call, 1, "min"))),
        ("clipped from above alone", lambda x: x.clamp(max=_bound(call, 2, "max"))),
    ):
        if cause != "not clipped" and None in (_bound(call, 1, "min"), _bound(call, 2, "max")):
            continue
        run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs)))
        yield Variant(cause, "jnp.clip with both bounds", run)
    for place, name in ((1, "min"), (2, "max")):
        own = _bound(call, place, name)
        if isinstance(own, int | float):
            bound = Argument(place, name)
            cause = f"{name} is {{}}, not {own:.6g}"
            yield Family(cause, f"{name} is {own:.6g}", bound.as_, tuple(sorted(NUMBERS)), own)


def bounds(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`clamp`: both bounds are others, those of an array of the JAX program."""
    x = X.of(call.args, call.kwargs)
    told = []
    for value in candidates(values, x.numel()):
        low, high = float(value.print[0]), float(value.print[-2])
        if (
            low < high
            and (low, high) not in told
            and float(x.min()) <= low <= high <= float(x.max())
        ):
            told.append((low, high))
            run = of_arguments(lambda a, k, low=low, high=high: X.of(a, k).clamp(low, high))
            own = f"{_bound(call, 1, 'min')} and {_bound(call, 2, 'max')}"
            yield Variant(
                f"the bounds are {low:.6g} and {high:.6g}, not {own}", "PyTorch's bounds", run
            )


def largest(call: Call) -> Iterator[Variant | Family]:
    """`max`, `min` along an axis: along another."""
    import torch

    dim = Argument(1, "dim").of(call.args, call.kwargs)
    x = X.of(call.args, call.kwargs)
    if isinstance(dim, torch.Tensor):
        yield from arithmetic(call)
    if not isinstance(dim, int) or isinstance(dim, bool):
        return
    keep = bool(Argument(2, "keepdim", False).of(call.args, call.kwargs))
    function, other = (torch.amax, torch.amin)[:: 1 if call.name == "max" else -1]
    for axis in range(x.ndim):
        if axis != dim % x.ndim:
            run = of_arguments(lambda a, k, axis=axis: function(X.of(a, k), axis, keep))
            yield Variant(
                f"taken over axis {axis} of PyTorch's {tuple(x.shape)}, not {dim % x.ndim}",
                f"jnp.{call.name}(x, axis={dim}) (in PyTorch's layout)",
                run,
            )
    for cause, way in (
        ("the mean is taken", lambda x: x.mean(dim, keep)),
        ("the sum is taken", lambda x: x.sum(dim, keep)),
        ("the other end is taken", lambda x: other(x, dim, keep)),
    ):
        run = of_arguments(lambda a, k, w=way: w(X.of(a, k)))
        yield Variant(f"{cause}, not the {call.name}", f"jnp.{call.name}", run)


def _bound(call: Call, place: int, name: str) -> Any:
    return Argument(place, name).of(call.args, call.kwargs)


REDUCTIONS = ("mean", "sum", "var", "std", "amax", "amin", "prod", "logsumexp", "norm")
TABLE = (
    dict.fromkeys(REDUCTIONS, reduction)
    | {"clamp": clamp, "clip": clamp, "max": largest, "min": largest}
    | dict.fromkeys(("add", "sub", "mul", "div", "true_divide", "truediv", "pow"), arithmetic)
)
WITHIN = dict.fromkeys(("clamp", "clip"), bounds)
