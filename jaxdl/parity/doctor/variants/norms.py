"""Normalisations done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import Argument, Variant, X, of_arguments

EPSILONS = (0.0, 1e-3, 1e-5, 1e-6, 1e-8, 1e-12, 1e-4, 1e-7, 2e-5, 1e-2)


def layer_norm(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.layer_norm`."""
    shape, weight, bias = (
        Argument(1, "normalized_shape"),
        Argument(2, "weight"),
        Argument(3, "bias"),
    )
    eps = Argument(4, "eps", 1e-5)
    axes = tuple(range(-len(shape.of(call.args, call.kwargs)), 0))
    own = eps.of(call.args, call.kwargs)
    yield from _epsilons(eps, own, "nn.LayerNorm(…, epsilon={})")
    yield from _affine(call, weight, bias)
    yield from _written_out(call, axes, weight, bias, own)
    ndim = X.of(call.args, call.kwargs).ndim
    for other in (tuple(range(1, ndim)), (1,), tuple(range(ndim)), (0,), tuple(range(ndim - 1))):
        if ndim > 1 and {a % ndim for a in axes} != {a % ndim for a in other}:
            yield Variant(
                f"the mean and variance are taken over axes {other}, not {axes}",
                f"take them over axes {axes}: one example and position at a time",
                _normal(other, weight, bias, own),
            )


def rms_norm(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.rms_norm`."""
    import torch

    shape, weight = Argument(1, "normalized_shape"), Argument(2, "weight")
    eps = Argument(3, "eps")
    own = eps.of(call.args, call.kwargs)
    own = torch.finfo(X.of(call.args, call.kwargs).dtype).eps if own is None else own
    axes = tuple(range(-len(shape.of(call.args, call.kwargs)), 0))
    bias = Argument(99, "no bias")
    yield from _epsilons(eps, own, "nn.RMSNorm(…, epsilon={})")
    yield from _affine(call, weight, bias)

    def root(add: bool, mean: bool) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            x, w = X.of(args, kwargs), weight.of(args, kwargs)
            x = x - x.mean(axes, keepdim=True) if mean else x
            square = (x**2).mean(axes, keepdim=True)
            y = x / (square.sqrt() + own) if add else x / (square + own).sqrt()
            return y if w is None else y * w

        return of_arguments(run)

    yield Variant(
        "epsilon is added to the root, not under it",
        "x / jnp.sqrt(mean_of_squares + eps)",
        root(True, False),
    )
    yield Variant(
        "the mean is taken off first, as layer normalisation does",
        "x * jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True) + eps)",
        root(False, True),
    )


def batch_norm(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.batch_norm`."""
    mean, var = Argument(1, "running_mean"), Argument(2, "running_var")
    weight, bias = Argument(3, "weight"), Argument(4, "bias")
    training, eps = Argument(5, "training", False), Argument(7, "eps", 1e-5)
    args, kwargs = call.args, call.kwargs
    own = eps.of(args, kwargs)
    yield from _epsilons(eps, own, "nn.BatchNorm(…, epsilon={})")
    yield from _affine(call, weight, bias)
    if training.of(args, kwargs):
        if mean.of(args, kwargs) is not None:
            yield Variant(
                "the running mean and variance are used in training",
                "use_running_average=False in training (net.train())",
                training.as_(False),
            )
    else:
        yield Variant(
            "the batch's own mean and variance are used in evaluation",
            "use_running_average=True in evaluation (net.eval())",
            training.as_(True),
        )

        def swapped(args: Any, kwargs: Any) -> Any:
            return var.of(args, kwargs), mean.of(args, kwargs)

        yield Variant(
            "running mean and running variance are exchanged",
            "map running_mean to mean and running_var to var",
            _normal_with(swapped, weight, bias, own),
        )
        yield Variant(
            "the running mean and variance are still 0 and 1",
            "carry running_mean and running_var over, or write the new state back each step",
            _normal_with(
                lambda args, kwargs: (0.0 * mean.of(args, kwargs), 0.0 * var.of(args, kwargs) + 1),
                weight,
                bias,
                own,
            ),
        )
    x = X.of(args, kwargs)
    axes = (0, *range(2, x.ndim))
    shape = (1, -1, *(1,) * (x.ndim - 2))
    if training.of(args, kwargs):
        yield from _written_out(call, axes, weight, bias, own, shape)
        if x.ndim > 2:
            yield Variant(
                "the batch's statistics are taken of the batch axis alone, each place for itself",
                "average over all axes but that of the features",
                _normal((0,), weight, bias, own, shape),
            )
            yield Variant(
                "each example is normalised by itself, as instance normalisation does",
                "average over the batch, too",
                _normal(tuple(range(2, x.ndim)), weight, bias, own, shape),
            )


def instance_norm(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.instance_norm`."""
    weight, bias, eps = Argument(3, "weight"), Argument(4, "bias"), Argument(7, "eps", 1e-5)
    own = eps.of(call.args, call.kwargs)
    x = X.of(call.args, call.kwargs)
    axes, shape = tuple(range(2, x.ndim)), (1, -1, *(1,) * (x.ndim - 2))
    yield from _epsilons(eps, own, "nn.InstanceNorm(…, epsilon={})")
    yield from _affine(call, weight, bias)
    yield from _written_out(call, axes, weight, bias, own, shape)
    for other, what in (
        (tuple(range(1, x.ndim)), "one mean and variance for all channels of an image"),
        ((0, *axes), "the batch's mean and variance, as batch normalisation takes them"),
    ):
        yield Variant(
            what,
            "take them of each channel of each image",
            _normal(other, weight, bias, own, shape),
        )


def group_norm(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.group_norm`."""
    groups, weight, bias = Argument(1, "num_groups"), Argument(2, "weight"), Argument(3, "bias")
    eps = Argument(4, "eps", 1e-5)
    own, count = eps.of(call.args, call.kwargs), groups.of(call.args, call.kwargs)
    channels = X.of(call.args, call.kwargs).shape[1]
    yield from _epsilons(eps, own, "nn.GroupNorm(…, epsilon={})")
    yield from _affine(call, weight, bias)
    for other in range(1, channels + 1):
        if channels % other == 0 and other != count:
            yield Variant(
                f"there are {other} groups, not {count}",
                f"nn.GroupNorm({channels}, num_groups={count}); group_size is "
                f"{channels // count}, which is another argument",
                groups.as_(other),
            )

    def mixed(args: Any, kwargs: Any) -> Any:
        x, w, b = (a.of(args, kwargs) for a in (X, weight, bias))
        n, c, *rest = x.shape
        parts = x.reshape(n, c // count, count, -1)
        mean = parts.mean((1, 3), keepdim=True)
        var = parts.var((1, 3), unbiased=False, keepdim=True)
        y = ((parts - mean) / (var + own).sqrt()).reshape(x.shape)
        return _scaled(y, w, b, (1, -1, *(1,) * len(rest)))

    yield Variant(
        "a group is made of every k-th channel, not of neighbours",
        "x.reshape(n, …, groups, channels // groups)",
        of_arguments(mixed),
    )


def normalize(call: Call) -> Iterator[Variant]:
    """`torch.nn.functional.normalize`."""
    dim, eps = Argument(2, "dim", 1), Argument(3, "eps", 1e-12)
    own, axis = eps.of(call.args, call.kwargs), dim.of(call.args, call.kwargs)
    for other in range(X.of(call.args, call.kwargs).ndim):
        yield Variant(f"normalised along axis {other}, not {axis}", f"axis={axis}", dim.as_(other))
    for value in EPSILONS:
        if value != own:

            def added(args: Any, kwargs: Any, value: float = value) -> Any:
                x = X.of(args, kwargs)
                return x / (x.norm(dim=axis, keepdim=True) + value)

            yield Variant(
                f"{value:g} is added to the norm",
                f"x / jnp.maximum(norm, {own:g})",
                of_arguments(added),
            )
            yield Variant(
                f"the least norm is {value:g}", f"jnp.maximum(norm, {own:g})", eps.as_(value)
            )


def _epsilons(eps: Argument, own: float, cure: str) -> Iterator[Variant]:
    for value in EPSILONS:
        if value != own:
            yield Variant(
                f"epsilon is {value:g}, not {own:g}", cure.format(f"{own:g}"), eps.as_(value)
            )


def _affine(call: Call, weight: Argument, bias: Argument) -> Iterator[Variant]:
    w, b = weight.of(call.args, call.kwargs), bias.of(call.args, call.kwargs)
    if w is not None:
        yield Variant("the scale is left out", "multiply by the scale", weight.as_(_ones(weight)))
        plus = lambda args, kwargs: weight.of(args, kwargs) + 1  # noqa: E731
        less = lambda args, kwargs: weight.of(args, kwargs) - 1  # noqa: E731
        yield Variant("1 is added to the scale", "multiply by the scale itself", weight.as_(plus))
        yield Variant(
            "1 is taken off the scale", "multiply by 1 + the stored offset", weight.as_(less)
        )
    if b is not None:
        yield Variant("the bias is left out", "add the bias", bias.as_(_zeros(bias)))
    if w is not None and b is not None:

        def exchanged(args: Any, kwargs: Any) -> Any:
            w, b = weight.of(args, kwargs), bias.of(args, kwargs)
            args, kwargs = weight.put(args, kwargs, b)
            args, kwargs = bias.put(args, kwargs, w)
            return call.function(*args, **kwargs)

        yield Variant(
            "scale and bias are exchanged",
            "map weight to scale and bias to bias",
            of_arguments(exchanged),
        )


def _ones(argument: Argument) -> Any:
    return lambda args, kwargs: argument.of(args, kwargs) * 0 + 1


def _zeros(argument: Argument) -> Any:
    return lambda args, kwargs: argument.of(args, kwargs) * 0


def _written_out(
    call: Call, axes: Any, weight: Argument, bias: Argument, own: float, shape: Any = None
) -> Iterator[Variant]:
    """The ways in which one writes a normalisation out wrongly."""
    for cause, cure, options in (
        ("the variance is the unbiased one (n - 1)", "jnp.var(x, …): ddof=0", {"ddof": 1}),
        (
            "epsilon is added to the root, not under it",
            "(x - mean) / jnp.sqrt(var + eps)",
            {"add": True},
        ),
        (
            "divided by the variance, not by its root",
            "(x - mean) / jnp.sqrt(var + eps)",
            {"power": 1.0},
        ),
        ("the mean is not taken off", "(x - mean) * jax.lax.rsqrt(var + eps)", {"centre": False}),
        (
            "the unbiased root, and epsilon added to it",
            "(x - mean) / jnp.sqrt(jnp.var(x, …) + eps)",
            {"ddof": 1, "add": True},
        ),
        (
            "divided by the root of the mean square",
            "jnp.var(x, …) is of x - mean",
            {"square": True},
        ),
    ):
        ways: dict[str, Any] = options
        yield Variant(cause, cure, _normal(axes, weight, bias, own, shape, **ways))


def _normal(
    axes: tuple[int, ...],
    weight: Argument,
    bias: Argument,
    eps: float,
    shape: Any = None,
    *,
    ddof: int = 0,
    add: bool = False,
    power: float = 0.5,
    centre: bool = True,
    square: bool = False,
) -> Any:
    def run(args: Any, kwargs: Any) -> Any:
        x = X.of(args, kwargs)
        mean = x.mean(axes, keepdim=True)
        var = x.var(axes, correction=ddof, keepdim=True)
        if square:
            var = (x**2).mean(axes, keepdim=True)
        top = x - mean if centre else x
        y = top / (var**power + eps) if add else top / (var + eps) ** power
        return _scaled(y, weight.of(args, kwargs), bias.of(args, kwargs), shape)

    return of_arguments(run)


def _normal_with(stats: Any, weight: Argument, bias: Argument, eps: float) -> Any:
    def run(args: Any, kwargs: Any) -> Any:
        x = X.of(args, kwargs)
        shape = (1, -1, *(1,) * (x.ndim - 2))
        mean, var = (s.reshape(shape) for s in stats(args, kwargs))
        y = (x - mean) / (var + eps).sqrt()
        return _scaled(y, weight.of(args, kwargs), bias.of(args, kwargs), shape)

    return of_arguments(run)


def _scaled(y: Any, weight: Any, bias: Any, shape: Any) -> Any:
    for parameter, join in ((weight, "mul"), (bias, "add")):
        if parameter is not None:
            p = parameter if shape is None else parameter.reshape(shape)
            y = y * p if join == "mul" else y + p
    return y


TABLE = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "normalize": normalize,
}
