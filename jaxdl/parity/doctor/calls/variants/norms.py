"""Normalisations done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.normal import EPSILONS, Normal
from jaxdl.parity.doctor.calls.variants.variant import Argument, Family, Variant, X, of_arguments

SHARES = tuple(k / 8 for k in range(9))
SHIFTS = tuple(k / 2 for k in range(-8, 9))
POWERS = tuple(k / 4 for k in range(9))
INSTANCE = "each example is normalised by itself, as instance normalisation does"


def layer_norm(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.layer_norm`."""
    shape, eps = Argument(1, "normalized_shape"), Argument(4, "eps", 1e-5)
    own = eps.of(call.args, call.kwargs)
    axes = tuple(range(-len(shape.of(call.args, call.kwargs)), 0))
    normal = Normal(axes, Argument(2, "weight"), Argument(3, "bias"), own)
    yield from _epsilon(eps, own, "nn.LayerNorm(…, epsilon={:g})")
    yield from _affine(call, normal)
    yield from _written_out(normal)
    yield from _axes(normal, X.of(call.args, call.kwargs).ndim)


def rms_norm(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.rms_norm`."""
    import torch

    shape, eps = Argument(1, "normalized_shape"), Argument(3, "eps")
    own = eps.of(call.args, call.kwargs)
    own = torch.finfo(X.of(call.args, call.kwargs).dtype).eps if own is None else own
    axes = tuple(range(-len(shape.of(call.args, call.kwargs)), 0))
    normal = Normal(axes, Argument(2, "weight"), Argument(99, ""), own, rms=True, centre=False)
    yield from _epsilon(eps, own, "nn.RMSNorm(…, epsilon={:g})")
    yield from _affine(call, normal)
    yield from _written_out(normal)
    yield from _axes(normal, X.of(call.args, call.kwargs).ndim)


def batch_norm(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.batch_norm`."""
    training, eps = Argument(5, "training", False), Argument(7, "eps", 1e-5)
    args, kwargs = call.args, call.kwargs
    own, x = eps.of(args, kwargs), X.of(args, kwargs)
    axes, shape = (0, *range(2, x.ndim)), (1, -1, *(1,) * (x.ndim - 2))
    normal = Normal(axes, Argument(3, "weight"), Argument(4, "bias"), own, shape)
    yield from _epsilon(eps, own, "nn.BatchNorm(…, epsilon={:g})")
    yield from _affine(call, normal)
    if Argument(1, "running_mean").of(args, kwargs) is not None:
        yield from _running(normal, bool(training.of(args, kwargs)))
    if training.of(args, kwargs):
        yield from _written_out(normal)
        for part in range(1, len(x)):
            first = "the first example" if part == 1 else f"the first {part} examples"
            cause, cure = (
                f"the mean and variance are those of {first} alone",
                "over the whole batch",
            )
            yield Variant(cause, cure, normal.but(part=part).run())
        for pieces in range(2, len(x)):
            cause = f"the batch is normalised in {pieces} pieces, each by itself"
            cure = "over the whole batch, on all devices: axis_name"
            yield Variant(cause, cure, normal.but(pieces=pieces).run())
    yield from _axes(normal, x.ndim, own=bool(training.of(args, kwargs)))


def _running(normal: Normal, training: bool) -> Iterator[Variant | Family]:
    """Running statistics in the place of the batch's, or the reverse, or others."""
    if training:
        yield Variant(
            "the running mean and variance are used in training",
            "use_running_average=False in training (net.train())",
            normal.mixed(0.0),
        )
    else:
        cure = "use_running_average=True in evaluation (net.eval())"
        cause = "the batch's own mean and variance are used in evaluation"
        yield Variant(cause, cure, normal.mixed(1.0))
        cause = "the batch's own mean and unbiased variance are used in evaluation"
        yield Variant(cause, cure, normal.but(ddof=1).mixed(1.0))
    kept = "the batch's in training, the running ones in evaluation"
    for ddof in (0, 1):
        of = "unbiased " * ddof
        yield Family(
            f"the mean and {of}variance are mixed: {{}} of the batch's, the rest the running ones",
            kept,
            normal.but(ddof=ddof).mixed,
            SHARES,
        )
    if training:
        return
    names = ("the running mean", "the running variance", "the scale", "the bias")
    for order in permutations(range(4)):
        moved = [k for k in range(4) if order[k] != k]
        if moved:
            told = " and ".join(names[k] for k in moved) if len(moved) == 2 else "vectors"
            cause = f"{told} are exchanged"
            if len(moved) > 2:
                taken = ", ".join(names[k].removeprefix("the ") for k in order)
                cause = f"mean, variance, scale and bias are exchanged: taken are {taken}"
            cure = "map running_mean to mean, running_var to var, weight to scale, bias to bias"
            yield Variant(cause, cure, normal.vectors(order))
    cure = "carry running_mean and running_var over, or write the new state back each step"
    for mean, var, cause in (
        (0.0, 0.0, "the running mean and variance are still 0 and 1"),
        (0.0, 1.0, "the running mean is still 0"),
        (1.0, 0.0, "the running variance is still 1"),
    ):
        yield Variant(cause, cure, normal.reset(mean, var))
    for power, cause in (
        (2.0, "the running variance is taken for the standard deviation, and squared"),
        (0.5, "the root of the running variance is taken for the variance"),
    ):
        yield Variant(cause, "divide by jnp.sqrt(var + eps)", normal.reset(1.0, 1.0, power))
    yield from _written_out(normal.but(running=True))


def instance_norm(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.instance_norm`."""
    eps = Argument(7, "eps", 1e-5)
    own, x = eps.of(call.args, call.kwargs), X.of(call.args, call.kwargs)
    axes, shape = tuple(range(2, x.ndim)), (1, -1, *(1,) * (x.ndim - 2))
    normal = Normal(axes, Argument(3, "weight"), Argument(4, "bias"), own, shape)
    yield from _epsilon(eps, own, "nn.InstanceNorm(…, epsilon={:g})")
    yield from _affine(call, normal)
    yield from _written_out(normal)
    for other, what in (
        (tuple(range(1, x.ndim)), "one mean and variance for all channels of an image"),
        ((0, *axes), "the batch's mean and variance, as batch normalisation takes them"),
    ):
        yield Variant(what, "take them of each channel of each image", normal.but(axes=other).run())
    yield from _axes(normal, x.ndim)


def group_norm(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.group_norm`."""
    groups, eps = Argument(1, "num_groups"), Argument(4, "eps", 1e-5)
    own, count = eps.of(call.args, call.kwargs), groups.of(call.args, call.kwargs)
    x = X.of(call.args, call.kwargs)
    shape = (1, -1, *(1,) * (x.ndim - 2))
    channels = x.shape[1]
    normal = Normal((), Argument(2, "weight"), Argument(3, "bias"), own, shape, groups=count)
    yield from _epsilon(eps, own, "nn.GroupNorm(…, epsilon={:g})")
    yield from _affine(call, normal)
    yield from _written_out(normal)
    for other in range(1, channels + 1):
        if channels % other == 0 and other != count:
            yield Variant(
                f"there are {other} groups, not {count}",
                f"nn.GroupNorm({channels}, num_groups={count}); group_size is "
                f"{channels // count}, which is another argument",
                groups.as_(other),
            )
    yield Variant(
        "a group is made of every k-th channel, not of neighbours",
        "x.reshape(n, …, groups, channels // groups)",
        normal.but(interleaved=True).run(),
    )
    yield from _axes(normal.but(axes=tuple(range(1, x.ndim)), groups=0), x.ndim, own=False)


def normalize(call: Call) -> Iterator[Variant | Family]:
    """`torch.nn.functional.normalize`."""
    power, dim, eps = Argument(1, "p", 2.0), Argument(2, "dim", 1), Argument(3, "eps", 1e-12)
    own, axis = eps.of(call.args, call.kwargs), dim.of(call.args, call.kwargs)
    p = power.of(call.args, call.kwargs)
    ndim = X.of(call.args, call.kwargs).ndim
    for count in range(1, ndim + 1):
        for other in combinations(range(ndim), count):
            run = dim.as_(other)
            yield Variant(f"normalised along axes {other}, not {axis}", f"axis={axis}", run)

    def norm(x: Any) -> Any:
        return x.norm(p, dim=axis, keepdim=True)

    def divided(by: Any) -> Any:
        return of_arguments(lambda args, kwargs: X.of(args, kwargs) / by(X.of(args, kwargs)))

    cure = f"x / jnp.maximum(norm, {own:g})"
    root = lambda e: divided(lambda x: (norm(x) ** 2 + e).sqrt())  # noqa: E731
    yield Family("the norm's power is {}, not " + f"{p:g}", cure, power.as_, (0.5, 1, 1.5, 3, 8), p)
    yield Family("the least norm is {}", cure, eps.as_, EPSILONS, own)
    yield Family(
        "{} is added to the norm", cure, lambda e: divided(lambda x: norm(x) + e), EPSILONS
    )
    yield Family("{} is added under the root", cure, root, EPSILONS)
    yield Variant("divided by the norm's square", cure, divided(lambda x: norm(x) ** 2))
    mean = divided(lambda x: norm(x) / x.shape[axis] ** 0.5)
    yield Variant("divided by the root of the mean square, not of the sum", cure, mean)


def _epsilon(eps: Argument, own: float, cure: str) -> Iterator[Variant | Family]:
    yield Family(f"epsilon is {{}}, not {own:g}", cure.format(own), eps.as_, EPSILONS, own)


def _affine(call: Call, normal: Normal) -> Iterator[Variant | Family]:
    """The scale and the bias left out, shifted, exchanged, in another order."""
    weight, bias = normal.weight, normal.bias
    w, b = weight.of(call.args, call.kwargs), bias.of(call.args, call.kwargs)

    def of(argument: Argument, way: Any) -> Any:
        return argument.as_(lambda args, kwargs: way(argument.of(args, kwargs)))

    if w is not None:
        yield Variant(
            "the scale is left out", "multiply by the scale", of(weight, lambda w: w * 0 + 1)
        )
        cure = "multiply by the scale itself"
        yield Variant("1 is added to the scale", cure, of(weight, lambda w: w + 1))
        cure = "multiply by 1 + the stored offset"
        yield Variant("1 is taken off the scale", cure, of(weight, lambda w: w - 1))
        cure = "multiply by the scale itself, once"
        shifted = lambda c: of(weight, lambda w: w + c)  # noqa: E731
        yield Family("{} is added to the scale", cure, shifted, SHIFTS, 0.0)
        for name, way in (
            ("the scale's square", lambda w: w**2),
            ("the exponential of the scale", lambda w: w.exp()),
            ("one over the scale", lambda w: 1 / w),
            ("the absolute value of the scale", lambda w: w.abs()),
        ):
            yield Variant(f"multiplied by {name}", cure, of(weight, way))
    if b is not None:
        yield Variant("the bias is left out", "add the bias", of(bias, lambda b: b * 0))
        times = lambda c: of(bias, lambda b: b * c)  # noqa: E731
        yield Family("the bias is multiplied by {}", "add the bias, once", times, SHIFTS, 1.0)
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
        before = bias.as_(lambda args, kwargs: bias.of(args, kwargs) * weight.of(args, kwargs))
        yield Variant("the bias is added before the scale", "x * scale + bias", before)


def _written_out(normal: Normal) -> Iterator[Variant | Family]:
    """The ways in which one writes a normalisation out wrongly."""
    root = "(x - mean) / jnp.sqrt(var + eps)"
    if normal.rms:
        root = "x * jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True) + eps)"
    deviation = "the root" if normal.rms else "the standard deviation"
    added, under = "epsilon is added to the root, not under it", "jnp.var(x, …): ddof=0"
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("the variance is the unbiased one (n - 1)", under, {"ddof": 1}),
        (added, root, {"add": True}),
        ("divided by the variance, not by its root", root, {"power": 1.0}),
        ("the unbiased root, and epsilon added to it", root, {"ddof": 1, "add": True}),
        (f"not divided by {deviation}", root, {"power": 0.0}),
        ("the variance's root, and epsilon, under another root", root, {"power": 0.25}),
    ]
    if normal.rms:
        mean = "the mean is taken off first, as layer normalisation does"
        ways += [
            (mean, root, {"centre": True}),
            ("the variance is taken, not the mean of squares", root, {"rms": False}),
        ]
    else:
        ways += [
            ("the mean is not taken off", root, {"centre": False}),
            ("divided by the root of the mean square", "jnp.var(x, …)", {"rms": True}),
            ("neither is the mean taken off, nor is it in the variance (RMS normalisation)", root,
             {"rms": True, "centre": False}),
        ]  # fmt: skip
    if normal.running:  # of running statistics the numbers are given
        ways = [way for way in ways if not way[2].get("ddof") and "rms" not in way[2]]
    for cause, cure, options in ways:
        yield Variant(cause, cure, normal.but(**options).run())
    for told, options in (
        ("epsilon, added to the root, is {}", {"add": True}),
        ("epsilon is the least variance: {}", {"least": True}),
        ("the variance is the unbiased one, and epsilon is {}", {"ddof": 1}),
        ("the root is the unbiased one, and epsilon, added to it, is {}", {"ddof": 1, "add": True}),
        ("divided by the variance, with epsilon {}", {"power": 1.0}),
        ("epsilon is added to the root's inverse: {}", {"inverse": True}),
    ):
        if not (normal.running and "ddof" in options):
            other = normal.but(**options)
            yield Family(told, root, lambda e, o=other: o.but(eps=e).run(), EPSILONS)
    power = lambda p: normal.but(power=p).run()  # noqa: E731
    yield Family("divided by the variance to the power of {}", root, power, POWERS, 0.5)
    yield from _narrow(normal)


def _narrow(normal: Normal) -> Iterator[Variant]:
    """With fewer digits inside."""
    for name in ("bfloat16", "float16", "float32"):
        cure = f"no {name} inside a normalisation: statistics and scale in float32 or wider"
        for what, place in (
            ("the statistics are computed in", "statistics"),
            ("the statistics are rounded to", "rounded"),
            ("before the scale all is rounded to", "normal"),
            ("all is computed in", "all"),
        ):
            yield Variant(f"{what} {name}", cure, normal.but(narrow=(place, name)).run())


def _axes(normal: Normal, ndim: int, own: bool = True) -> Iterator[Variant]:
    """Mean and variance over any other axes."""
    mine = {axis % ndim for axis in normal.axes}
    for count in range(1, ndim + 1):
        for other in combinations(range(ndim), count):
            if own and set(other) == mine:
                continue
            told = f"the mean and variance are taken over axes {other}, not {normal.axes}"
            if 0 not in other and 1 not in other and mine == {0, *other}:
                told = f"{INSTANCE} (axes {other})"
            elif other == (0,) and 0 in mine:
                told = "the statistics are taken of the batch axis alone, each place for itself"
            elif 0 in other and 0 not in mine:
                told += ": over the batch, too"
            cure = f"take them over axes {normal.axes} of PyTorch's layout"
            yield Variant(told, cure, normal.but(axes=other, running=False).run())


TABLE = {
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "normalize": normalize,
}
