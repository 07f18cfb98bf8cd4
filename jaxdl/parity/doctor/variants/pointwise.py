"""Activations, softmax, dropout and what works number by number, done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import (
    Argument,
    Family,
    Variant,
    X,
    after,
    of_arguments,
)

SLOPES = (-2.0, -1.0, -0.5, -0.2, 0.0, 0.05, 0.15, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0)
WIDTHS = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.4, 2.0, 4.0, 8.0, 20.0)
NUMBERS = (
    *(-(10.0**k) for k in range(4, -13, -1)),
    *(-0.5, -1.5, -2.5),
    0.0,
    *(10.0**k for k in range(-12, 5)),
    *(0.5, 1.5, 2.5),
)
"""Between these the numbers are looked for that stand in a call."""


def activation(call: Call) -> Iterator[Variant | Family]:
    """Any activation: it is another one, or has another parameter."""
    import torch
    from torch.nn import functional as F

    others = {
        "no activation": lambda x: x,
        "nn.relu": F.relu,
        "nn.gelu(x, approximate=False)": F.gelu,
        "nn.gelu(x, approximate=True), JAX's default": lambda x: F.gelu(x, approximate="tanh"),
        "x * sigmoid(1.702 x)": lambda x: x * torch.sigmoid(1.702 * x),
        "nn.silu": F.silu,
        "jnp.tanh": torch.tanh,
        "nn.sigmoid": torch.sigmoid,
        "nn.elu": F.elu,
        "nn.selu": F.selu,
        "nn.celu": F.celu,
        "nn.relu6": F.relu6,
        "nn.softplus": F.softplus,
        "nn.soft_sign": F.softsign,
        "nn.hard_swish": F.hardswish,
        "nn.hard_sigmoid": F.hardsigmoid,
        "hard sigmoid as clip(0.2 x + 0.5)": lambda x: (0.2 * x + 0.5).clamp(0, 1),
        "hard swish with clip(0.2 x + 0.5)": lambda x: x * (0.2 * x + 0.5).clamp(0, 1),
        "nn.mish": F.mish,
        "nn.log_sigmoid": F.logsigmoid,
        "jnp.exp": torch.exp,
        "jnp.abs": torch.abs,
        "the square of relu": lambda x: F.relu(x) ** 2,
        "hard tanh": F.hardtanh,
        "tanh scaled as LeCun's": lambda x: 1.7159 * torch.tanh(2 * x / 3),
    }
    options = ", ".join(f"{key}={value}" for key, value in call.kwargs.items() if key != "inplace")
    cure = f"PyTorch has {call.name}({options})" if options else f"PyTorch has {call.name}"
    families = {
        "nn.leaky_relu with slope {}": (SLOPES, F.leaky_relu),
        "nn.elu with alpha {}": (SLOPES, F.elu),
        "nn.celu with alpha {}": (WIDTHS, F.celu),
        "x * sigmoid({} x)": (WIDTHS, lambda x, c: x * torch.sigmoid(c * x)),
        "softplus with beta {}": (WIDTHS, F.softplus),
        "softplus, linear from {} on": (WIDTHS, lambda x, c: F.softplus(x, 1, c)),
        "relu, at most {}": (WIDTHS, lambda x, c: x.clamp(0, c)),
        "hard tanh between -{0} and {0}": (WIDTHS, lambda x, c: x.clamp(-c, c)),
        "hard sigmoid as clip({} x + 0.5)": (WIDTHS, lambda x, c: (c * x + 0.5).clamp(0, 1)),
        "hard swish as x clip({} x + 0.5)": (WIDTHS, lambda x, c: x * (c * x + 0.5).clamp(0, 1)),
        "0 below {}": (SLOPES, lambda x, c: torch.where(x > c, x, 0 * x)),
        "relu of x - {}": (SLOPES, lambda x, c: F.relu(x - c)),
        "soft shrinking by {}": (WIDTHS, F.softshrink),
        "relu to the power of {}": (WIDTHS, lambda x, c: F.relu(x) ** c),
    }
    # PyTorch's own function with another number comes before others.
    for own in (True, False):
        for name, (grid, one) in families.items():
            if (call.name in name) == own:
                yield Family(f"the activation is {name}", cure, _with(one), grid)
        for name, function in others.items() if own else ():
            run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs)))
            yield Variant(f"the activation is {name}", cure, run)
    twice = after(lambda y: call.function(y, **call.kwargs))
    yield Variant("the activation is applied twice", "apply it once", twice)
    yield from _input(call, cure)


def _with(function: Callable[[Any, float], Any]) -> Callable[[float], Any]:
    return lambda number: of_arguments(lambda args, kwargs: function(X.of(args, kwargs), number))


def _input(call: Call, cure: str) -> Iterator[Family]:
    """What goes in, times or plus a number."""
    times = lambda c: X.as_(lambda args, kwargs: X.of(args, kwargs) * c)  # noqa: E731
    plus = lambda c: X.as_(lambda args, kwargs: X.of(args, kwargs) + c)  # noqa: E731
    yield Family("what goes in is multiplied by {}", cure, times, SLOPES + WIDTHS[-2:], 1.0)
    yield Family("{} is added to what goes in", cure, plus, SLOPES, 0.0)


def arithmetic(call: Call) -> Iterator[Variant | Family]:
    """`add`, `mul`, `pow`… of a tensor and a number: another number; an operation in its place."""
    import torch

    args = call.args
    if len(args) < 2:
        return
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


def softmax(call: Call) -> Iterator[Variant | Family]:
    """`softmax` and `log_softmax`."""
    import torch

    dim = Argument(1, "dim")
    axis, x = dim.of(call.args, call.kwargs), X.of(call.args, call.kwargs)
    for other in range(x.ndim):
        if axis is None or other != axis % x.ndim:
            yield Variant(
                f"taken along axis {other} of PyTorch's {tuple(x.shape)}, not {axis}",
                f"axis={axis} (in PyTorch's layout)",
                dim.as_(other),
            )
    axis = -1 if axis is None else axis
    for cause, function in (
        ("the softmax is left out", lambda x: x),
        (
            "the logarithm is left out"
            if call.name == "log_softmax"
            else "the logarithm is taken, too",
            lambda x: x.softmax(axis) if call.name == "log_softmax" else x.log_softmax(axis),
        ),
        ("a sigmoid stands in its place", torch.sigmoid),
        ("taken twice", lambda x: x.softmax(axis).softmax(axis)),
        ("exp(x) is not divided by its sum", lambda x: x.exp()),
        ("1 is added to the sum below", lambda x: x.exp() / (1 + x.exp().sum(axis, keepdim=True))),
    ):
        run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs)))
        yield Variant(cause, f"jax.nn.{call.name}(x, axis={axis})", run)
    yield from _input(call, f"jax.nn.{call.name}(x, axis={axis})")


def dropout(call: Call) -> Iterator[Variant]:
    """`dropout` in evaluation: it should do nothing."""
    p = Argument(1, "p", 0.5).of(call.args, call.kwargs)
    if not Argument(2, "training", True).of(call.args, call.kwargs):
        for scale, cause in (
            (1 - p, "multiplied by 1 - p"),
            (1 / max(1 - p, 1e-9), "divided by 1 - p"),
        ):
            run = of_arguments(lambda args, kwargs, s=scale: X.of(args, kwargs) * s)
            yield Variant(f"{cause} in evaluation", "in evaluation dropout does nothing", run)


def glu(call: Call) -> Iterator[Variant]:
    """`glu`: its halves."""
    import torch

    dim = Argument(1, "dim", -1).of(call.args, call.kwargs)
    for cause, function in (
        ("the halves are exchanged: the first is the gate", lambda a, b: torch.sigmoid(a) * b),
        ("the gate goes through no sigmoid", lambda a, b: a * b),
        ("the gate goes through silu", lambda a, b: a * torch.nn.functional.silu(b)),
        ("the gate goes through gelu", lambda a, b: a * torch.nn.functional.gelu(b)),
    ):
        run = of_arguments(lambda args, kwargs, f=function: f(*X.of(args, kwargs).chunk(2, dim)))
        yield Variant(cause, "a * sigmoid(b) with a the first half, b the second", run)


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


def _bound(call: Call, place: int, name: str) -> Any:
    return Argument(place, name).of(call.args, call.kwargs)


ACTIVATIONS = (
    "relu",
    "gelu",
    "silu",
    "tanh",
    "sigmoid",
    "elu",
    "selu",
    "celu",
    "leaky_relu",
    "relu6",
    "softplus",
    "softsign",
    "hardswish",
    "hardsigmoid",
    "hardtanh",
    "mish",
    "logsigmoid",
    "tanhshrink",
    "hardshrink",
    "softshrink",
    "threshold",
    "prelu",
    "rrelu",
    "exp",
    "abs",
    "square",
)
REDUCTIONS = ("mean", "sum", "var", "std", "amax", "amin", "prod", "logsumexp", "norm")
TABLE = (
    dict.fromkeys(ACTIVATIONS, activation)
    | dict.fromkeys(REDUCTIONS, reduction)
    | {
        "softmax": softmax,
        "log_softmax": softmax,
        "dropout": dropout,
        "dropout1d": dropout,
        "dropout2d": dropout,
        "alpha_dropout": dropout,
        "glu": glu,
        "clamp": clamp,
        "clip": clamp,
    }
    | dict.fromkeys(("add", "sub", "mul", "div", "true_divide", "truediv", "pow"), arithmetic)
)
