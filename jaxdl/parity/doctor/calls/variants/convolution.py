"""Convolutions and transposed convolutions done otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import (
    WEIGHT,
    Argument,
    Family,
    Variant,
    X,
    of_arguments,
)
from jaxdl.parity.doctor.calls.variants.windows import (
    Sides,
    each,
    flat,
    kernels,
    named_sides,
    other_sides,
    places,
    told,
)

BIAS, STRIDE, PADDING = Argument(2, "bias"), Argument(3, "stride", 1), Argument(4, "padding", 0)
DILATION, GROUPS = Argument(5, "dilation", 1), Argument(6, "groups", 1)
TIMES = (-4.0, -2.0, -1.0, -0.3, 0.0, 0.3, 0.7, 1.3, 2.5, 5.0, 10.0, 100.0)
HWIO = "HWIO from OIHW: w.transpose(2, 3, 1, 0)"


def convolution(call: Call) -> Iterator[Variant | Family]:
    """`conv1d`, `conv2d`, `conv3d`."""
    args, kwargs = call.args, call.kwargs
    x, w = X.of(args, kwargs), WEIGHT.of(args, kwargs)
    n = w.ndim - 2
    strides, dilations = each(STRIDE.of(args, kwargs), n), each(DILATION.of(args, kwargs), n)
    reach = [d * (k - 1) for k, d in zip(w.shape[2:], dilations, strict=True)]
    own = _sides(PADDING.of(args, kwargs), reach)
    yield from _paddings(call, own, reach, strides)
    yield from _kernels(w, HWIO)
    if n == 2:
        yield Variant(
            "the image's height and width are exchanged",
            "NHWC from NCHW: x.transpose(0, 2, 3, 1)",
            X.as_(lambda a, k: X.of(a, k).transpose(2, 3)),
        )
    for axis in range(2, x.ndim):
        cause = f"axis {axis} of the input is turned round"
        yield Variant(cause, "x as it is", X.as_(lambda a, k, d=axis: X.of(a, k).flip(d)))
    yield from _bias(call)
    yield from _steps(call, own, strides, dilations)
    yield from _in_blocks(call, dilations)
    groups = GROUPS.of(args, kwargs)
    if groups > 1:
        yield from _grouped(call, groups, w)


def after_padding(call: Call, calls: Sequence[Call]) -> Iterator[Variant]:
    """A convolution whose image was padded with zeros before: the two paddings are told as one."""
    if call.name not in TABLE or (0,) not in call.sources:
        return
    before = calls[call.sources[0,][0]]
    if before.name != "pad" or Argument(2, "mode", "constant").of(before.args, before.kwargs) != (
        "constant"
    ):
        return
    if Argument(3, "value").of(before.args, before.kwargs):
        return
    w = WEIGHT.of(call.args, call.kwargs)
    n = w.ndim - 2
    if "transpose" in call.name:
        return
    given = list(Argument(1, "pad").of(before.args, before.kwargs))
    pairs = [(a, b) for a, b in zip(given[::2], given[1::2], strict=True)][::-1]
    pairs = [(0, 0)] * (n - len(pairs)) + pairs[-n:]
    dilations = each(DILATION.of(call.args, call.kwargs), n)
    reach = [d * (k - 1) for k, d in zip(w.shape[2:], dilations, strict=True)]
    own = _sides(PADDING.of(call.args, call.kwargs), reach)
    whole = [(a + c, b + d) for (a, b), (c, d) in zip(own, pairs, strict=True)]
    strides = each(STRIDE.of(call.args, call.kwargs), n)
    yield from _paddings(call, whole, reach, strides, pairs)


def _paddings(
    call: Call, own: Sides, reach: list[int], strides: Any, before: Sides | None = None
) -> Iterator[Variant]:
    """Other paddings, `before` of which the image has already."""
    x, w = X.of(call.args, call.kwargs), WEIGHT.of(call.args, call.kwargs)
    cure = f"padding={told(own)}"
    before = before or [(0, 0)] * len(own)

    def padded(sides: Sides, cut: bool = False) -> Any:
        more = [(a - c, b - d) for (a, b), (c, d) in zip(sides, before, strict=True)]
        return _padded(call, more, cut)

    sizes = [n - a - b for n, (a, b) in zip(x.shape[2:], before, strict=True)]
    named = named_sides(own, sizes, reach, strides, w.shape[2:])
    for name, sides in named.items():
        yield Variant(f"the padding is {name}", cure, padded(sides))
    for mode in ("circular", "reflect", "replicate"):
        for sides, more in ((own, ""), ([(b, a) for a, b in own], ", and start and end exchanged")):
            if any(a or b for a, b in own) and (not more or sides != own):
                wrap = _wrapped(call, sides, before, mode)
                yield Variant(f"the padding is {mode}, not zeros{more}", cure, wrap)
    for sides in other_sides(own, reach):
        yield Variant(f"the padding is {told(sides)}, not {told(own)}", cure, padded(sides))
    for starts in product(*(places(r, -r - 1) for r in reach)):
        sides = [(a, 2 * r + 1 + s) for a, r, s in zip(starts, reach, strides, strict=True)]
        cause = (
            f"the padding at the start is {starts}, not {tuple(a for a, _ in own)}, and the result "
            "is cut at the end"
        )
        if starts != tuple(a for a, _ in own):
            yield Variant(cause, cure, padded(sides, cut=True))


def _wrapped(call: Call, sides: Sides, before: Sides, mode: str) -> Any:
    """The call with another padding than zeros, without that which the image has already."""
    import torch

    def run(args: Any, kwargs: Any) -> Any:
        x = torch.nn.functional.pad(X.of(args, kwargs), [-n for n in flat(before)])
        x = torch.nn.functional.pad(x, flat(sides), mode=mode)
        args, kwargs = X.put(*PADDING.put(args, kwargs, 0), x)
        return call.function(*args, **kwargs)

    return of_arguments(run)


def _padded(call: Call, sides: Sides, cut: bool = False) -> Any:
    """The call with another padding; cut: to the length of PyTorch's result."""
    import torch

    def run(args: Any, kwargs: Any) -> Any:
        x = torch.nn.functional.pad(X.of(args, kwargs), flat(sides))
        args, kwargs = X.put(*PADDING.put(args, kwargs, 0), x)
        y = call.function(*args, **kwargs)
        if cut:
            y = y[(..., *(slice(0, n) for n in call.outputs[0].shape[2:]))]
        return y

    return of_arguments(run)


def _kernels(w: Any, cure: str) -> Iterator[Variant]:
    """The kernel read otherwise."""
    for cause, change in kernels(w):
        yield Variant(cause, cure, WEIGHT.as_(lambda a, k, c=change: c(WEIGHT.of(a, k))))


def _bias(call: Call) -> Iterator[Variant | Family]:
    if BIAS.of(call.args, call.kwargs) is None:
        return
    yield Variant("the bias is left out", "use_bias=True", BIAS.as_(None))
    twice = BIAS.as_(lambda a, k: 2 * BIAS.of(a, k))
    yield Variant("the bias is added twice", "add the bias once", twice)
    times = lambda c: BIAS.as_(lambda a, k: c * BIAS.of(a, k))  # noqa: E731
    yield Family("the bias is multiplied by {}", "add the bias once", times, TIMES, 1.0)
    scaled = lambda c: WEIGHT.as_(lambda a, k: c * WEIGHT.of(a, k))  # noqa: E731
    yield Family("the kernel is multiplied by {}", "the kernel as it is", scaled, TIMES, 1.0)
    cause = "the bias stands in another order: from the last to the first"
    yield Variant(cause, "the bias as it is", BIAS.as_(lambda a, k: BIAS.of(a, k).flip(0)))


def _steps(call: Call, own: Sides, strides: Any, dilations: Any) -> Iterator[Variant]:
    """Other strides and dilations, and kept pixels that begin elsewhere."""
    w = WEIGHT.of(call.args, call.kwargs)
    n = w.ndim - 2
    for other in product(range(1, 5), repeat=n):
        if other != strides:
            cause = f"the strides are {other}, not {strides}"
            yield Variant(cause, f"strides={strides}", STRIDE.as_(other))
    for other in product(range(1, max(5, *(2 * d + 1 for d in dilations))), repeat=n):
        if other == dilations:
            continue
        reach = [d * (k - 1) for k, d in zip(w.shape[2:], other, strict=True)]
        old = [d * (k - 1) for k, d in zip(w.shape[2:], dilations, strict=True)]
        for sides in (
            own,
            [(r // 2, r - r // 2) for r in reach],
            [(a, b + r - o) for (a, b), r, o in zip(own, reach, old, strict=True)],
            [(a + r - o, b) for (a, b), r, o in zip(own, reach, old, strict=True)],
        ):

            def dilated(args: Any, kwargs: Any, d: Any = other, sides: Any = sides) -> Any:
                args, kwargs = DILATION.put(args, kwargs, d)
                return _padded(call, sides)(call, args, kwargs)

            cause = f"the dilation is {other}, not {dilations}"
            yield Variant(cause, f"kernel_dilation={dilations}", of_arguments(dilated))


def _in_blocks(call: Call, dilations: Any) -> Iterator[Variant]:
    """Dilation by a reshape of time into blocks, without the transposes that belong to it."""
    import torch

    if len(dilations) != 1 or dilations[0] == 1:
        return
    (d,) = dilations
    cause = (
        f"time is reshaped to ({d}, time / {d}) without a transpose: steps are combined that are "
        "not a dilation apart"
    )

    def run(args: Any, kwargs: Any, side: int, wide: bool, turn: tuple[bool, bool]) -> Any:
        x, plain = X.of(args, kwargs), DILATION.put(args, kwargs, 1)
        n, c = x.shape[:2]
        x = torch.nn.functional.pad(x, (side, 0) if wide else (0, 0))
        x = torch.nn.functional.pad(x, (-x.shape[2] % d, 0))
        rows = x.reshape(n, c, -1, d).transpose(2, 3) if turn[0] else x.reshape(n, c, d, -1)
        rows = rows.transpose(1, 2).reshape(n * d, c, -1)
        rows = rows if wide else torch.nn.functional.pad(rows, (side, 0))
        args, kwargs = X.put(*PADDING.put(*plain, 0), rows)
        y = call.function(*args, **kwargs)
        y = y.reshape(n, d, *y.shape[1:]).transpose(1, 2)
        y = y.transpose(2, 3) if turn[1] else y
        y = y.reshape(n, y.shape[1], -1)
        return y[..., -call.outputs[0].shape[2] :]

    k = WEIGHT.of(call.args, call.kwargs).shape[2] - 1
    for side, wide in ((0, True), (k * d, True), (k, False)):
        for turn in ((False, False), (True, False), (False, True)):
            yield Variant(
                cause,
                f"kernel_dilation=({d},), or x.reshape(n, time // {d}, {d}, c) and a transpose",
                of_arguments(lambda a, kw, s=side, w=wide, t=turn: run(a, kw, s, w, t)),
            )


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
    first = f"the kernel's first {out // groups} output channels are those of the first group"
    yield Variant(
        "the kernel's output channels are taken group by group in another order",
        first,
        WEIGHT.as_(lambda a, k: WEIGHT.of(a, k)[mixed]),
    )
    yield Variant(
        "the kernel's output channels are taken in the order of another grouping",
        first,
        WEIGHT.as_(lambda a, k: WEIGHT.of(a, k)[back]),
    )
    channels = torch.arange(per * groups)
    for order in (channels.reshape(per, groups).T, channels.reshape(groups, per).T):
        yield Variant(
            "a group takes every k-th input channel, not neighbours",
            "feature_group_count takes neighbouring channels",
            X.as_(lambda a, k, o=order: X.of(a, k)[:, o.reshape(-1)]),
        )


def transposed(call: Call) -> Iterator[Variant | Family]:
    """`conv_transpose1d`, `conv_transpose2d`, `conv_transpose3d`."""
    args, kwargs = call.args, call.kwargs
    padding, out = Argument(4, "padding", 0), Argument(5, "output_padding", 0)
    w = WEIGHT.of(args, kwargs)
    n = w.ndim - 2
    pads, extra = each(padding.of(args, kwargs), n), each(out.of(args, kwargs), n)
    spatial = tuple(range(2, w.ndim))
    cure = "nn.ConvTranspose(…, transpose_kernel=True), or flip the kernel's spatial axes"
    turned = WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).flip(spatial))
    yield Variant("the kernel is not flipped", cure, turned)
    if w.shape[0] == w.shape[1]:
        yield Variant(
            "the kernel is neither flipped nor are its input and output channels exchanged",
            cure,
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).flip(spatial).transpose(0, 1)),
        )
    yield from _kernels(w, cure)
    yield from _bias(call)

    def cropped(shifts: tuple[int, ...]) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            import torch

            args, kwargs = padding.put(args, kwargs, 0)
            y = call.function(*args, **kwargs)
            y = torch.nn.functional.pad(y, [3] * 2 * n)
            sizes = call.outputs[0].shape[2:]
            for axis, (p, size, shift) in enumerate(zip(pads, sizes, shifts, strict=True)):
                y = y.narrow(axis + 2, p + shift + 3, size)
            return y

        return of_arguments(run)

    reach = range(-max((3, *extra)), max((3, *extra)) + 1)
    for shifts in [(s,) * n for s in reach] + list(product(reach, repeat=n)):
        if any(shifts):
            starts = tuple(p + s for p, s in zip(pads, shifts, strict=True))
            told_ = "early" if max(shifts) <= 0 else "late" if min(shifts) >= 0 else "askew"
            yield Variant(
                f"the result is cropped too {told_}: {starts} pixels are taken off at the start, "
                f"not {pads}",
                f"take off {pads} at the start; output_padding {extra} lengthens the end alone",
                cropped(shifts),
            )
    stride, dilation = Argument(3, "stride", 1), Argument(7, "dilation", 1)
    own = each(stride.of(args, kwargs), n)
    for other in product(range(1, 5), repeat=n):
        if other != own:
            yield Variant(f"the strides are {other}, not {own}", f"{own}", stride.as_(other))
        if other != each(dilation.of(args, kwargs), n):
            cause = f"the kernel's dilation is {other}"
            yield Variant(cause, "the kernel's dilation as it is", dilation.as_(other))


def _sides(padding: Any, reach: list[int]) -> Sides:
    if padding == "valid":
        return [(0, 0) for _ in reach]
    if padding == "same":
        return [(r // 2, r - r // 2) for r in reach]
    return [(p, p) for p in each(padding, len(reach))]


TABLE = dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution) | dict.fromkeys(
    ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed
)
