"""Pooling done otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, X, of_arguments
from jaxdl.parity.doctor.calls.variants.windows import each, flat, named_sides, told

SIZE, STRIDE, PADDING = Argument(1, "kernel_size"), Argument(2, "stride"), Argument(3, "padding", 0)


def pooling(call: Call) -> Iterator[Variant]:
    """`max_pool` and `avg_pool` in 1, 2 and 3 dimensions."""
    import torch
    from torch.nn import functional as F

    args, kwargs = call.args, call.kwargs
    average = "avg" in call.name
    n = int(call.name.removesuffix("_with_indices")[-2])
    sizes = each(SIZE.of(args, kwargs), n)
    strides = each(STRIDE.of(args, kwargs) or sizes, n)
    pads = each(PADDING.of(args, kwargs), n)
    ceil = bool(Argument(4 if average else 5, "ceil_mode", False).of(args, kwargs))
    counted = bool(Argument(5, "count_include_pad", True).of(args, kwargs))
    divisor = Argument(6, "divisor_override").of(args, kwargs) if average else None
    x = X.of(args, kwargs)

    def run(kind: str = "avg" if average else "max", **options: Any) -> Any:
        given = {"kernel_size": sizes, "stride": strides, "padding": pads, "ceil_mode": ceil}
        if kind == "avg":
            given |= {"count_include_pad": counted, "divisor_override": divisor}
        pool = getattr(F, f"{kind}_pool{n}d")
        return of_arguments(lambda a, k: pool(X.of(a, k), **(given | options)))

    kinds = ("largest", "mean") if average else ("mean", "largest")
    other = "max" if average else "avg"
    cure = f"nn.{'avg' if average else 'max'}_pool"
    yield Variant(f"the {kinds[0]} is taken, not the {kinds[1]}", cure, run(other))
    if average:
        yield Variant(
            f"the padding is {'not ' if counted else ''}counted in the mean",
            f"nn.avg_pool(…, count_include_pad={counted})",
            run(count_include_pad=not counted),
        )
    for kind in ("avg", "max") if not average else ("avg",):
        told_ = "" if kind == ("avg" if average else "max") else ", and the mean is taken"
        yield Variant(
            f"the last window is {'left out' if ceil else 'kept'} (ceil_mode={not ceil}){told_}",
            f"PyTorch has ceil_mode={ceil}",
            run(kind, ceil_mode=not ceil),
        )
    if not average:

        def zeros(args: Any, kwargs: Any) -> Any:
            x = F.pad(X.of(args, kwargs), [p for p in reversed(pads) for _ in (0, 1)])
            return getattr(F, call.name.removesuffix("_with_indices"))(
                x, sizes, strides, 0, ceil_mode=ceil
            )

        cure = "nn.max_pool pads with -inf"
        yield Variant("the padding counts as 0, not as -inf", cure, of_arguments(zeros))
        cause = "the smallest is taken, not the largest"
        least = of_arguments(lambda a, k: -call.function(-X.of(a, k), *a[1:], **k))
        yield Variant(cause, "nn.max_pool", least)

    def padded(sides: Any, size: Any, stride: Any, full: bool, cut: bool = False) -> Any:
        pool = getattr(F, f"{'avg' if average else 'max'}_pool{n}d")

        def made(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            wide = F.pad(x, flat(sides), value=0.0 if average else -torch.inf)
            y = pool(wide, size, stride)
            if average and not full:
                y = y / pool(F.pad(torch.ones_like(x), flat(sides)), size, stride)
            return y[(..., *(slice(0, m) for m in call.outputs[0].shape[-n:]))] if cut else y

        return of_arguments(made)

    own = [(p, p) for p in pads]
    reach = [k - 1 for k in sizes]
    ways = (True, False) if average else (True,)
    for name, sides in named_sides(own, x.shape[-n:], reach, strides, sizes).items():
        for full in ways:
            extra = "" if full == counted or not average else f", {'' if full else 'not '}counted"
            cause = f"the padding is {name}{extra}"
            yield Variant(cause, f"padding={told(own)}", padded(sides, sizes, strides, full))
    for start, size, stride in product(range(-3, 4), range(1, max(sizes) + 3), range(1, 5)):
        if (size,) * n == sizes and (stride,) * n == strides and (start,) * n == pads:
            continue
        changed = [
            f"of {size}" if (size,) * n != sizes else "",
            f"{stride} apart" if (stride,) * n != strides else "",
            f"from {-start} on" if (start,) * n != pads else "",
        ]
        cause = f"the windows are {', '.join(part for part in changed if part)}"
        cure = f"windows of {sizes}, strides={strides}, padding={told(own)}"
        for full in ways:
            for end in dict.fromkeys((start, size + stride)):
                run_ = padded([(start, end)] * n, (size,) * n, (stride,) * n, full, end != start)
                yield Variant(cause, cure, run_)


def adaptive(call: Call) -> Iterator[Variant]:
    """Adaptive pooling: its windows."""
    import torch

    size = Argument(1, "output_size")
    n = int(call.name.removesuffix("_with_indices")[-2])
    wanted = each(size.of(call.args, call.kwargs), n)
    average = "avg" in call.name
    mean, most = lambda x, a: x.mean(a), lambda x, a: x.amax(a)
    own, other = (mean, most) if average else (most, mean)

    def windows(start: Any, end: Any, taken: Callable[..., Any] = own) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            for axis in range(-n, 0):
                length, m = x.shape[axis], wanted[axis] or x.shape[axis]
                parts = []
                for i in range(m):
                    a, b = start(i, length, m), end(i, length, m)
                    a = min(max(a, 0), length - 1)
                    parts.append(taken(x.narrow(axis, a, max(min(b, length) - a, 1)), axis))
                x = torch.stack(parts, axis)
            return x

        return of_arguments(run)

    def last(n: int, m: int) -> int:
        return n - (m - 1) * (n // m)

    cure = "window i goes from floor(i·n/m) to ceil((i+1)·n/m)"
    first, end = lambda i, n, m: i * n // m, lambda i, n, m: -(-(i + 1) * n // m)
    kind = "largest" if average else "mean"
    cause = f"the {kind} is taken, not the {'mean' if average else 'largest'}"
    yield Variant(cause, "nn.avg_pool" if average else "nn.max_pool", windows(first, end, other))
    for cause, a, b in (
        ("the windows end at floor((i+1)·n/m)", first, lambda i, n, m: (i + 1) * n // m),
        ("the windows begin at ceil(i·n/m)", lambda i, n, m: -(-i * n // m), end),
        (
            "the windows are rounded: from round(i·n/m) to round((i+1)·n/m)",
            lambda i, n, m: round(i * n / m),
            lambda i, n, m: round((i + 1) * n / m),
        ),
        (
            "the windows are n // m long",
            lambda i, n, m: i * (n // m),
            lambda i, n, m: (i + 1) * (n // m),
        ),
        (
            "the windows are n // m long, and the last has the rest",
            lambda i, n, m: i * (n // m),
            lambda i, n, m: n if i == m - 1 else (i + 1) * (n // m),
        ),
        (
            "the windows are n - (m - 1)·(n // m) long and n // m apart",
            lambda i, n, m: i * (n // m),
            lambda i, n, m: i * (n // m) + last(n, m),
        ),
        (
            "the windows are ceil(n/m) long",
            lambda i, n, m: min(i * math.ceil(n / m), n - 1),
            lambda i, n, m: min(i * math.ceil(n / m), n - 1) + math.ceil(n / m),
        ),
        (
            "the windows are ceil(n/m) long and begin at floor(i·n/m)",
            first,
            lambda i, n, m: i * n // m + math.ceil(n / m),
        ),
        (
            "the windows are one pixel: the nearest",
            lambda i, n, m: i * n // m,
            lambda i, n, m: i * n // m + 1,
        ),
    ):
        yield Variant(cause, cure, windows(a, b))


TABLE = {f"{kind}_pool{n}d": pooling for kind in ("max", "avg") for n in (1, 2, 3)} | {
    f"adaptive_{kind}_pool{n}d": adaptive for kind in ("max", "avg") for n in (1, 2, 3)
}
