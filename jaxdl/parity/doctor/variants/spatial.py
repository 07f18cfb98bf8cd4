"""Convolution, pooling, padding and resampling done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import WEIGHT, Argument, Variant, X, of_arguments

STRIDE, PADDING = Argument(3, "stride", 1), Argument(4, "padding", 0)
DILATION, GROUPS = Argument(5, "dilation", 1), Argument(6, "groups", 1)
BIAS = Argument(2, "bias")


def convolution(call: Call) -> Iterator[Variant]:
    """`conv1d`, `conv2d`, `conv3d`."""
    import torch

    args, kwargs = call.args, call.kwargs
    x, w = X.of(args, kwargs), WEIGHT.of(args, kwargs)
    n = w.ndim - 2
    sizes, strides = w.shape[2:], _each(STRIDE.of(args, kwargs), n)
    dilations = _each(DILATION.of(args, kwargs), n)
    padding, groups = PADDING.of(args, kwargs), GROUPS.of(args, kwargs)
    own = _sides(padding, x.shape[2:], sizes, strides, dilations)
    reach = [d * (k - 1) for k, d in zip(sizes, dilations, strict=True)]

    def padded(sides: Any, **options: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            x = torch.nn.functional.pad(X.of(args, kwargs), _flat(sides), **options)
            args, kwargs = PADDING.put(args, kwargs, 0)
            args, kwargs = X.put(args, kwargs, x)
            return call.function(*args, **kwargs)

        return of_arguments(run)

    cure = f"padding={own}".replace("[", "(").replace("]", ")")
    same = [
        _same(s, k, t, r) for s, k, t, r in zip(x.shape[2:], sizes, strides, reach, strict=True)
    ]
    kinds = {
        "'SAME', whose odd pixel goes to the end": [(p // 2, p - p // 2) for p in same],
        "'SAME' with its odd pixel at the start": [(p - p // 2, p // 2) for p in same],
        "'VALID': none": [(0, 0)] * n,
        "'CAUSAL': all at the start": [(r, 0) for r in reach],
        "all at the end": [(0, r) for r in reach],
        "the whole reach on both sides": [(r, r) for r in reach],
        "half the kernel on both sides": [(k // 2, k // 2) for k in sizes],
        "half the reach at the start, the rest at the end": [(r // 2, r - r // 2) for r in reach],
        "half the reach at the end, the rest at the start": [(r - r // 2, r // 2) for r in reach],
        "one pixel more on each side": [(a + 1, b + 1) for a, b in own],
        "twice what it should be": [(2 * a, 2 * b) for a, b in own],
    }
    if len(set(own)) > 1:
        kinds["that of the other axis"] = own[::-1]
    kinds |= {
        "one pixel shifted towards the start": [(a + 1, max(b - 1, 0)) for a, b in own],
        "one pixel shifted towards the end": [(max(a - 1, 0), b + 1) for a, b in own],
    }
    for name, sides in kinds.items():
        if sides != own:
            yield Variant(f"the padding is {name}", cure, padded(sides))
    for mode in ("circular", "reflect", "replicate"):
        if any(a or b for a, b in own):
            yield Variant(f"the padding is {mode}, not zeros", cure, padded(own, mode=mode))

    flip = tuple(range(2, w.ndim))
    for cause, fix, change in (
        (
            "the kernel is flipped",
            "jax.lax.conv_general_dilated correlates, as PyTorch does: no flip",
            lambda w: w.flip(flip),
        ),
        (
            "the kernel's height and width are exchanged",
            "HWIO from OIHW: w.transpose(2, 3, 1, 0)",
            lambda w: w.transpose(-1, -2),
        ),
        (
            "the kernel's input and output channels are exchanged",
            "HWIO from OIHW: w.transpose(2, 3, 1, 0)",
            lambda w: w.transpose(0, 1),
        ),
        (
            "the kernel's axes are read in another order (reshaped, not transposed)",
            "w.transpose(2, 3, 1, 0), not w.reshape",
            _reread,
        ),
    ):
        try:
            other = change(w)
        except (RuntimeError, IndexError):
            continue
        if other.shape == w.shape:
            yield Variant(cause, fix, WEIGHT.as_(lambda a, k, c=change: c(WEIGHT.of(a, k))))
    if (n == 2 and x.shape[2] != x.shape[3]) or n == 2:
        yield Variant(
            "the image's height and width are exchanged",
            "NHWC from NCHW: x.transpose(0, 2, 3, 1)",
            X.as_(lambda a, k: X.of(a, k).transpose(2, 3)),
        )
    if BIAS.of(args, kwargs) is not None:
        yield Variant("the bias is left out", "use_bias=True", BIAS.as_(None))
        yield Variant(
            "the bias is added twice", "add the bias once", BIAS.as_(lambda a, k: 2 * BIAS.of(a, k))
        )
    for other in {(1,) * n, strides[::-1], (2,) * n, tuple(s + 1 for s in strides)} - {strides}:
        yield Variant(
            f"the strides are {other}, not {strides}", f"strides={strides}", STRIDE.as_(other)
        )
    for other in {(1,) * n, dilations[::-1], (2,) * n} - {dilations}:
        sides = [
            (d * (k - 1) // 2, d * (k - 1) - d * (k - 1) // 2)
            for k, d in zip(sizes, other, strict=True)
        ]

        def dilated(args: Any, kwargs: Any, other: Any = other, sides: Any = None) -> Any:
            args, kwargs = DILATION.put(args, kwargs, other)
            if sides is not None:
                x = torch.nn.functional.pad(X.of(args, kwargs), _flat(sides))
                args, kwargs = X.put(args, kwargs, x)
                args, kwargs = PADDING.put(args, kwargs, 0)
            return call.function(*args, **kwargs)

        for given in (None, sides):
            yield Variant(
                f"the dilation is {other}, not {dilations}",
                f"kernel_dilation={dilations}",
                of_arguments(lambda a, k, o=other, s=given: dilated(a, k, o, s)),
            )
    if groups > 1:
        yield from _grouped(call, groups, w)


def _grouped(call: Call, groups: int, w: Any) -> Iterator[Variant]:
    import torch

    out, per = w.shape[0], w.shape[1]
    mixed = torch.arange(out).reshape(groups, out // groups).T.reshape(-1)
    yield Variant(
        "the output channels of the groups are interleaved",
        f"the output's first {out // groups} channels are those of the first group",
        of_arguments(lambda a, k: call.function(*a, **k)[:, mixed]),
    )
    back = torch.argsort(mixed)
    yield Variant(
        "the kernel's output channels are taken group by group in another order",
        f"the kernel's first {out // groups} output channels are those of the first group",
        WEIGHT.as_(lambda a, k: WEIGHT.of(a, k)[mixed]),
    )
    yield Variant(
        "the kernel's output channels are taken in the order of another grouping",
        f"the kernel's first {out // groups} output channels are those of the first group",
        WEIGHT.as_(lambda a, k: WEIGHT.of(a, k)[back]),
    )
    channels = per * groups
    order = torch.arange(channels).reshape(groups, per).T.reshape(-1)
    yield Variant(
        "a group takes every k-th input channel, not neighbours",
        "feature_group_count takes neighbouring channels",
        X.as_(lambda a, k: X.of(a, k)[:, order]),
    )


def _reread(w: Any) -> Any:
    """OIHW read as if it had been HWIO in memory."""
    order = (*range(2, w.ndim), 1, 0)
    shape = [w.shape[a] for a in order]
    back = [order.index(a) for a in range(w.ndim)]
    return w.reshape(shape).permute(back)


def transposed(call: Call) -> Iterator[Variant]:
    """`conv_transpose1d`, `conv_transpose2d`, `conv_transpose3d`."""
    import torch

    args, kwargs = call.args, call.kwargs
    padding, out = Argument(4, "padding", 0), Argument(5, "output_padding", 0)
    w = WEIGHT.of(args, kwargs)
    n = w.ndim - 2
    pads, extra = _each(padding.of(args, kwargs), n), _each(out.of(args, kwargs), n)
    flip = tuple(range(2, w.ndim))
    turned = WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).flip(flip))
    cure = "nn.ConvTranspose(…, transpose_kernel=True), or flip the kernel's spatial axes"
    yield Variant("the kernel is not flipped", cure, turned)
    if w.shape[0] == w.shape[1]:
        yield Variant(
            "the kernel's input and output channels are exchanged",
            cure,
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).transpose(0, 1)),
        )
        yield Variant(
            "the kernel is neither flipped nor are its channels exchanged",
            cure,
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).flip(flip).transpose(0, 1)),
        )
    if n == 2:
        yield Variant(
            "the kernel's height and width are exchanged",
            "w.transpose(2, 3, 1, 0)",
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).transpose(2, 3)),
        )
    if Argument(2, "bias").of(args, kwargs) is not None:
        yield Variant("the bias is left out", "use_bias=True", Argument(2, "bias").as_(None))

    def cropped(shift: int) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            wide, named = padding.put(args, kwargs, 0)
            wide, named = out.put(wide, named, 0)
            y = torch.nn.functional.pad(call.function(*wide, **named), [max(extra)] * 2 * n)
            sizes = call.outputs[0].shape[2:]
            for axis, (p, size) in enumerate(zip(pads, sizes, strict=True)):
                y = y.narrow(axis + 2, max(max(extra) + p + shift, 0), size)
            return y

        return of_arguments(run)

    for shift in (-2, -1, 1, 2):
        yield Variant(
            f"the result is cropped {abs(shift)} pixel{'s' if abs(shift) > 1 else ''} too "
            f"{'early' if shift < 0 else 'late'}",
            f"take off {pads} at the start; output_padding {extra} lengthens the end alone",
            cropped(shift),
        )


def pooling(call: Call) -> Iterator[Variant]:
    """`max_pool` and `avg_pool` in 1, 2 and 3 dimensions."""
    import torch
    from torch.nn import functional as F

    args, kwargs = call.args, call.kwargs
    average = "avg" in call.name
    n = int(call.name.removesuffix("_with_indices")[-2])
    size, stride, padding = (
        Argument(1, "kernel_size"),
        Argument(2, "stride"),
        Argument(3, "padding", 0),
    )
    sizes = _each(size.of(args, kwargs), n)
    strides = _each(stride.of(args, kwargs) or sizes, n)
    pads = _each(padding.of(args, kwargs), n)
    ceil = Argument(4 if average else 5, "ceil_mode", False)
    own = bool(ceil.of(args, kwargs))
    pool, other = (
        getattr(F, f"{kind}_pool{n}d") for kind in (("avg", "max") if average else ("max", "avg"))
    )
    x = X.of(args, kwargs)

    def run(function: Any, **options: Any) -> Any:
        base = {
            "kernel_size": sizes,
            "stride": strides,
            "padding": pads,
            "ceil_mode": own,
        } | options
        return of_arguments(lambda args, kwargs: function(X.of(args, kwargs), **base))

    kinds = ("largest", "mean") if average else ("mean", "largest")
    yield Variant(
        f"the {kinds[0]} is taken, not the {kinds[1]}",
        f"nn.{'avg' if average else 'max'}_pool",
        run(other),
    )
    yield Variant(
        f"the last window is {'left out' if own else 'kept'} (ceil_mode={not own})",
        f"PyTorch has ceil_mode={own}",
        run(pool, ceil_mode=not own),
    )
    if average:
        include = bool(Argument(5, "count_include_pad", True).of(args, kwargs))
        yield Variant(
            f"the padding is {'not ' if include else ''}counted in the mean",
            f"nn.avg_pool(…, count_include_pad={include})",
            run(pool, count_include_pad=not include),
        )
    else:

        def zeros(args: Any, kwargs: Any) -> Any:
            x = F.pad(X.of(args, kwargs), [p for p in reversed(pads) for _ in (0, 1)])
            return pool(x, sizes, strides, 0, ceil_mode=own)

        yield Variant(
            "the padding counts as 0, not as -inf",
            "nn.max_pool pads with -inf",
            of_arguments(zeros),
        )
    same = [_same(s, k, t, k - 1) for s, k, t in zip(x.shape[-n:], sizes, strides, strict=True)]
    for name, sides in (
        ("'SAME', whose odd pixel goes to the end", [(p // 2, p - p // 2) for p in same]),
        ("'SAME' with its odd pixel at the start", [(p - p // 2, p // 2) for p in same]),
        ("'VALID': none", [(0, 0)] * n),
    ):
        for counted in (True, False) if average else (True,):

            def padded(args: Any, kwargs: Any, sides: Any = sides, counted: bool = counted) -> Any:
                x = X.of(args, kwargs)
                wide = F.pad(x, _flat(sides), value=0.0 if average else -torch.inf)
                y = pool(wide, sizes, strides)
                if average and not counted:
                    y = y / pool(F.pad(torch.ones_like(x), _flat(sides)), sizes, strides)
                return y

            yield Variant(
                f"the padding is {name}", f"padding={[(p, p) for p in pads]}", of_arguments(padded)
            )
    for stride_ in {(1,) * n, sizes, (2,) * n} - {strides}:
        yield Variant(
            f"the strides are {stride_}, not {strides}",
            f"strides={strides}",
            run(pool, stride=stride_),
        )


def adaptive(call: Call) -> Iterator[Variant]:
    """Adaptive pooling: its windows."""
    import math

    import torch

    size = Argument(1, "output_size")
    n = int(call.name[-2])
    wanted = _each(size.of(call.args, call.kwargs), n)
    average = "avg" in call.name

    def windows(end: Any, start: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            for axis in range(-n, 0):
                length, m = x.shape[axis], wanted[axis] or x.shape[axis]
                parts = []
                for i in range(m):
                    a, b = start(i, length, m), end(i, length, m)
                    part = x.narrow(axis, a, max(min(b, length) - a, 1))
                    parts.append(part.mean(axis) if average else part.amax(axis))
                x = torch.stack(parts, axis)
            return x

        return of_arguments(run)

    first = lambda i, length, m: i * length // m  # noqa: E731
    cure = "window i goes from floor(i·n/m) to ceil((i+1)·n/m)"
    yield Variant(
        "the windows end at floor((i+1)·n/m)",
        cure,
        windows(lambda i, n, m: (i + 1) * n // m, first),
    )
    yield Variant(
        "the windows are n // m long",
        cure,
        windows(lambda i, n, m: (i + 1) * (n // m), lambda i, n, m: i * (n // m)),
    )
    yield Variant(
        "the windows are ceil(n/m) long",
        cure,
        windows(
            lambda i, n, m: min(i * math.ceil(n / m), n - 1) + math.ceil(n / m),
            lambda i, n, m: min(i * math.ceil(n / m), n - 1),
        ),
    )


def pad(call: Call) -> Iterator[Variant]:
    """`pad`: its sides, its mode, its value."""
    import torch

    widths, mode, value = (
        Argument(1, "pad"),
        Argument(2, "mode", "constant"),
        Argument(3, "value", None),
    )
    given, own = list(widths.of(call.args, call.kwargs)), mode.of(call.args, call.kwargs)
    pairs = [given[k : k + 2] for k in range(0, len(given), 2)]
    cure = f"PyTorch pads the last axis first: {pairs} from the last axis on, {own}"
    for cause, sides in (
        ("start and end are exchanged", [p[::-1] for p in pairs]),
        ("the axes are exchanged", pairs[::-1]),
        ("axes and sides are exchanged", [p[::-1] for p in pairs[::-1]]),
        ("nothing is padded", [[0, 0]] * len(pairs)),
        ("all at the start", [[a + b, 0] for a, b in pairs]),
        ("all at the end", [[0, a + b] for a, b in pairs]),
        ("padded twice", [[2 * a, 2 * b] for a, b in pairs]),
    ):
        if sides != pairs:
            yield Variant(cause, cure, widths.as_([n for p in sides for n in p]))
    for other in ("constant", "circular", "reflect", "replicate"):
        if other != own:
            run = of_arguments(
                lambda args, kwargs, m=other: torch.nn.functional.pad(
                    X.of(args, kwargs), given, mode=m
                )
            )
            yield Variant(f"the mode is {other}, not {own}", cure, run)
    fill = value.of(call.args, call.kwargs)
    for number in (0.0, 1.0, -torch.inf):
        if own == "constant" and number != (fill or 0.0):
            yield Variant(f"padded with {number:g}", f"constant_values={fill}", value.as_(number))


def resample(call: Call) -> Iterator[Variant]:
    """`interpolate`: method and corners."""
    import torch

    args, kwargs = call.args, call.kwargs
    x = X.of(args, kwargs)
    mode, corners = Argument(3, "mode", "nearest"), Argument(4, "align_corners", None)
    own, aligned = mode.of(args, kwargs), corners.of(args, kwargs)
    target = tuple(call.outputs[0].shape[2:])
    smooth = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}[x.ndim - 2]
    for other in ("nearest", "nearest-exact", "area", *smooth):
        for align in (False, True) if other in smooth else (None,):
            for antialias in (False, True) if other in ("bilinear", "bicubic") else (False,):
                if (other, bool(align)) == (own, bool(aligned)) and antialias == kwargs.get(
                    "antialias", False
                ):
                    continue
                run = of_arguments(
                    lambda a, k, o=other, l=align, s=antialias: torch.nn.functional.interpolate(
                        X.of(a, k), size=target, mode=o, align_corners=l, antialias=s
                    )
                )
                extra = (", align_corners" * bool(align)) + (", antialias" * antialias)
                yield Variant(
                    f"the method is {other}{extra}, not {own}{', align_corners' * bool(aligned)}",
                    "jax.image.resize samples pixel centres and smooths when it shrinks, "
                    "antialias=False turns that off; align_corners is another grid",
                    run,
                )


def shuffle(call: Call) -> Iterator[Variant]:
    """`pixel_shuffle` and `pixel_unshuffle`: the order of the small pixels among the channels."""
    factor = Argument(1, "upscale_factor" if call.name == "pixel_shuffle" else "downscale_factor")
    r = factor.of(call.args, call.kwargs)

    def blocks(args: Any, kwargs: Any) -> Any:
        x = X.of(args, kwargs)
        n, c, h, w = x.shape
        if call.name == "pixel_shuffle":
            y = x.reshape(n, r, r, c // r**2, h, w)
            return y.permute(0, 3, 4, 1, 5, 2).reshape(n, c // r**2, h * r, w * r)
        y = x.reshape(n, c, h // r, r, w // r, r)
        return y.permute(0, 3, 5, 1, 2, 4).reshape(n, c * r**2, h // r, w // r)

    def turned(args: Any, kwargs: Any) -> Any:
        return call.function(X.of(args, kwargs).transpose(2, 3), r).transpose(2, 3)

    cure = "channel c·r² + i·r + j is pixel (i, j) of channel c: reshape to (…, C, r, r)"
    yield Variant("the channels are read as (r, r, C), not (C, r, r)", cure, of_arguments(blocks))
    yield Variant("the two small axes are exchanged", cure, of_arguments(turned))


def _each(value: Any, n: int) -> tuple[int, ...]:
    return (
        tuple(value) * (n if len(value) == 1 else 1)
        if isinstance(value, tuple | list)
        else (value,) * n
    )


def _same(size: int, kernel: int, stride: int, reach: int) -> int:
    """How much 'SAME' pads an axis by, in all."""
    return max((-(-size // stride) - 1) * stride + reach + 1 - size, 0)


def _sides(
    padding: Any, sizes: Any, kernel: Any, strides: Any, dilations: Any
) -> list[tuple[int, int]]:
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding == "same":
        return [
            (d * (k - 1) // 2, d * (k - 1) - d * (k - 1) // 2)
            for k, d in zip(kernel, dilations, strict=True)
        ]
    return [(p, p) for p in _each(padding, len(kernel))]


def _flat(sides: Any) -> list[int]:
    """PyTorch's order: the last axis first."""
    return [n for pair in reversed(sides) for n in pair]


TABLE = (
    dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution)
    | dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed)
    | {f"{kind}_pool{n}d": pooling for kind in ("max", "avg") for n in (1, 2, 3)}
    | {f"adaptive_{kind}_pool{n}d": adaptive for kind in ("max", "avg") for n in (1, 2, 3)}
    | {"pad": pad, "interpolate": resample, "pixel_shuffle": shuffle, "pixel_unshuffle": shuffle}
)
