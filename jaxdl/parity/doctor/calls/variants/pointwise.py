"""Activations, softmax and dropout done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import (
    Argument,
    Family,
    Variant,
    X,
    after,
    of_arguments,
)

SLOPES = (-2.0, -1.0, -0.5, -0.2, 0.0, 0.05, 0.15, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0)
WIDTHS = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.4, 2.0, 4.0, 8.0, 20.0)


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
            if name.removeprefix("nn.c").removeprefix("nn.") in call.name:
                continue  # of a number that the port leaves at its default; celu of 1 is elu
            run = of_arguments(lambda args, kwargs, f=function: f(X.of(args, kwargs)))
            yield Variant(f"the activation is {name}", cure, run)
    if call.name != "leaky_relu":  # twice is another slope
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
TABLE = dict.fromkeys(ACTIVATIONS, activation) | {
    "softmax": softmax,
    "log_softmax": softmax,
    "dropout": dropout,
    "dropout1d": dropout,
    "dropout2d": dropout,
    "alpha_dropout": dropout,
    "glu": glu,
}
