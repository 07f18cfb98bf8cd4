"""Activations, softmax, dropout and what works number by number, done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import Argument, Variant, X, after, of_arguments


def activation(call: Call) -> Iterator[Variant]:
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
        "nn.leaky_relu with slope 0.01": F.leaky_relu,
        "nn.leaky_relu with slope 0.2": lambda x: F.leaky_relu(x, 0.2),
        "nn.leaky_relu with slope 0.3": lambda x: F.leaky_relu(x, 0.3),
        "nn.leaky_relu with slope 0.1": lambda x: F.leaky_relu(x, 0.1),
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
        "softplus with threshold": lambda x: F.softplus(x, 1, 5),
        "hard tanh": F.hardtanh,
        "tanh scaled as LeCun's": lambda x: 1.7159 * torch.tanh(2 * x / 3),
        "the activation twice": None,
    }
    options = ", ".join(f"{key}={value}" for key, value in call.kwargs.items() if key != "inplace")
    cure = f"PyTorch has {call.name}({options})" if options else f"PyTorch has {call.name}"
    for name, function in others.items():
        if function is None:
            twice = after(lambda y: call.function(y, **call.kwargs))
            yield Variant("the activation is applied twice", "apply it once", twice)
            continue
        run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs)))
        yield Variant(f"the activation is {name}", cure, run)


def softmax(call: Call) -> Iterator[Variant]:
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


def clamp(call: Call) -> Iterator[Variant]:
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
)
