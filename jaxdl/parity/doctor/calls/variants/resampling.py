"""Padding, resizing and pixel shuffling done otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import permutations, product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Family, Variant, X, of_arguments
from jaxdl.parity.doctor.calls.variants.windows import each

VALUES = (-1e9, -1e4, -100.0, -10.0, -1.0, -0.1, 0.0, 0.1, 1.0, 10.0, 100.0, 1e4, 1e9)
CONSTANTS = (-2.0, -1.1, -0.6, -0.3, 0.0, 0.3, 1.0)


def pad(call: Call) -> Iterator[Variant | Family]:
    """`pad`: its sides, its mode, its value."""
    import torch

    widths, mode = Argument(1, "pad"), Argument(2, "mode", "constant")
    value = Argument(3, "value", None)
    given, own = list(widths.of(call.args, call.kwargs)), mode.of(call.args, call.kwargs)
    fill = value.of(call.args, call.kwargs)
    pairs = [tuple(given[k : k + 2]) for k in range(0, len(given), 2)]
    cure = f"PyTorch pads the last axis first: {pairs} from the last axis on, {own}"

    def run(sides: Any, kind: str = own) -> Any:
        flat = [n for pair in sides for n in pair]
        filled = {"value": fill} if kind == "constant" and fill is not None else {}
        padded = torch.nn.functional.pad
        return of_arguments(lambda a, k: padded(X.of(a, k), flat, mode=kind, **filled))

    ways = {
        "start and end are exchanged": [p[::-1] for p in pairs],
        "the axes are exchanged": pairs[::-1],
        "axes and sides are exchanged": [p[::-1] for p in pairs[::-1]],
        "nothing is padded": [(0, 0)] * len(pairs),
        "all at the start": [(a + b, 0) for a, b in pairs],
        "all at the end": [(0, a + b) for a, b in pairs],
        "padded twice": [(2 * a, 2 * b) for a, b in pairs],
    }
    most = max(map(abs, given), default=0)
    for a, b in product(range(-1, min(2 * most, 9) + 1), repeat=2):
        ways[f"the widths are ({a}, {b}) on each axis"] = [(a, b)] * len(pairs)
        for axis in range(len(pairs)):
            sides = [*pairs[:axis], (a, b), *pairs[axis + 1 :]]
            ways[f"the widths are {sides} from the last axis on"] = sides
    for cause, sides in ways.items():
        if sides != pairs:
            yield Variant(cause, cure, run(sides))
    for other in ("constant", "circular", "reflect", "replicate"):
        for told, sides in (
            ("", pairs),
            (", and start and end are exchanged", [p[::-1] for p in pairs]),
        ):
            if other != own and (not told or sides != pairs):
                yield Variant(f"the mode is {other}, not {own}{told}", cure, run(sides, other))
    if own == "constant":
        for number in (0.0, 1.0, -math.inf):
            if number != (fill or 0.0):
                told = f"constant_values={fill or 0:g}"
                yield Variant(f"padded with {number:g}", told, value.as_(number))
        told = f"constant_values={fill or 0:g}"
        yield Family("padded with {}", told, value.as_, VALUES, float(fill or 0.0))


def resample(call: Call) -> Iterator[Variant | Family]:
    """`interpolate`: the grid, the kernel, what is smoothed, what is beyond the border."""
    args, kwargs = call.args, call.kwargs
    x = X.of(args, kwargs)
    mode = Argument(3, "mode", "nearest").of(args, kwargs)
    aligned = bool(Argument(4, "align_corners", None).of(args, kwargs))
    smoothed = bool(kwargs.get("antialias", False))
    target = tuple(call.outputs[0].shape[2:])
    shrinks = any(m < n for m, n in zip(target, x.shape[2:], strict=True))
    own = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}.get(mode, mode)
    scale = Argument(2, "scale_factor").of(args, kwargs)
    scales = each(scale, len(target)) if scale is not None else None
    cure = (
        "jax.image.resize samples pixel centres and smooths when it shrinks, antialias=False turns "
        "that off; align_corners is another grid; its cubic constant is -0.5, PyTorch's -0.75"
    )

    def run(kernel: str, grid: str, edge: str, anti: bool, cubic: float = -0.75) -> Any:
        def made(args: Any, kwargs: Any) -> Any:
            y = X.of(args, kwargs)
            for axis, m in enumerate(target):
                given = scales[axis] if grid == "scale" and scales else None
                weights = _weights(y.shape[axis + 2], m, kernel, grid, edge, anti, cubic, given)
                y = (y.movedim(axis + 2, -1) @ weights.T.to(y.dtype)).movedim(-1, axis + 2)
            return y

        return of_arguments(made)

    constant = -0.5 if smoothed else -0.75
    grids = {
        "pixels": "pixel centres",
        "corners": "align_corners: the corners' centres are each other's",
        "asymmetric": "the first pixels' centres are each other's",
        "scale": "the scale given, not the ratio of the sizes",
    }
    if own in ("linear", "cubic"):
        for anti in (False, True):
            for grid, how in grids.items():
                for edge in ("clamp", "left out", "zeros"):
                    for cubic in (-0.75, -0.5, -1.0) if own == "cubic" else (constant,):
                        told = [
                            f"the grid is another: {how}" * (grid != _grid(aligned)),
                            "it is smoothed (antialias)" * (anti and not smoothed and shrinks),
                            "it is not smoothed (antialias)" * (smoothed and not anti and shrinks),
                            f"the cubic kernel's constant is {cubic:g}, not {constant:g}"
                            * (cubic != constant),
                        ]
                        what = " and ".join(part for part in told if part)
                        beyond = "what lies beyond the border is " + {"clamp": "the border's"}.get(
                            edge, edge
                        )
                        yield Variant(what or beyond, cure, run(own, grid, edge, anti, cubic))
    names = {
        "nearest": "nearest, rounded down",
        "nearest-exact": "nearest, of the pixel centres",
        "linear": "linear",
        "cubic": "cubic",
        "lanczos3": "lanczos3",
        "lanczos5": "lanczos5",
        "area": "area: means of windows",
    }
    for kernel, name in names.items():
        if kernel == own:
            continue
        for anti, grid in product((False, True), grids):
            more = f", {grids[grid]}" * (grid != "pixels") + ", smoothed" * (anti and shrinks)
            for cubic in (-0.75, -0.5) if kernel == "cubic" else (-0.75,):
                for edge in ("clamp", "left out"):
                    cause = f"the method is {name}{more}, not {mode}" + ", align_corners" * aligned
                    yield Variant(cause, cure, run(kernel, grid, edge, anti, cubic))
    if own == "cubic":
        for grid, edge in product(("pixels", "corners"), ("clamp", "left out")):

            def cubic_(c: float, grid: str = grid, edge: str = edge) -> Any:
                return run("cubic", grid, edge, smoothed, c)

            yield Family("the cubic kernel's constant is {}", cure, cubic_, CONSTANTS, constant)
    if len(target) == 2:
        turned = of_arguments(
            lambda a, k: call.function(
                X.of(a, k).transpose(2, 3), size=target[::-1], mode=mode,
                align_corners=Argument(4, "align_corners", None).of(a, k),
            ).transpose(2, 3)
        )  # fmt: skip
        yield Variant("height and width are exchanged", cure, turned)


def _grid(aligned: bool) -> str:
    return "corners" if aligned else "pixels"


def _weights(
    n: int, m: int, kernel: str, grid: str, edge: str, anti: bool, cubic: float, scale: float | None
) -> Any:
    """(m, n): of each pixel of the result the weights of the given pixels."""
    import torch

    step = 1 / scale if scale else n / m
    out = torch.arange(m, dtype=torch.float64)
    if grid == "corners":
        step = (n - 1) / max(m - 1, 1)
        place = out * step
    elif grid == "asymmetric":
        place = out * step
    else:
        place = (out + 0.5) * step - 0.5
    pixels = torch.arange(n, dtype=torch.float64)
    if kernel in ("nearest", "nearest-exact", "area"):
        if kernel == "area":
            starts, ends = (out * n / m).floor(), ((out + 1) * n / m).ceil()
            inside = (pixels >= starts[:, None]) & (pixels < ends[:, None])
            return inside / inside.sum(1, keepdim=True)
        exact = kernel == "nearest-exact"
        near = (place.round() if grid == "corners" else (place + 0.5).floor()) if exact else None
        near = (out * step).floor() if near is None else near
        return (pixels == near.clamp(0, n - 1)[:, None]).double()
    wide = max(step, 1.0) if anti else 1.0
    shape, support = _shape(kernel, cubic)
    first = math.floor(float(place.min()) - support * wide) - 1
    last = math.ceil(float(place.max()) + support * wide) + 1
    around = torch.arange(first, last + 1, dtype=torch.float64)
    weights = shape((place[:, None] - around) / wide)
    if anti or edge == "left out":
        within = (around >= 0) & (around < n)
        weights = weights * within
        if edge != "zeros":
            weights = weights / weights.sum(1, keepdim=True)
        edge = "zeros"
    found = torch.zeros(m, n, dtype=torch.float64)
    for k, pixel in enumerate(around.long().tolist()):
        if 0 <= pixel < n or edge == "clamp":
            found[:, min(max(pixel, 0), n - 1)] += weights[:, k]
    return found


def _shape(kernel: str, a: float) -> tuple[Callable[[Any], Any], float]:
    """A kernel as a function of the distance, and how far it reaches."""
    import torch

    def cubic(x: Any) -> Any:
        x = x.abs()
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((x - 5) * x + 8) * x * a - 4 * a
        return torch.where(x <= 1, near, torch.where(x < 2, far, 0 * x))

    if kernel == "cubic":
        return cubic, 2.0
    if kernel.startswith("lanczos"):
        width = float(kernel[-1])
        window = lambda x: torch.sinc(x) * torch.sinc(x / width) * (x.abs() < width)  # noqa: E731
        return window, width
    return (lambda x: (1 - x.abs()).clamp(min=0)), 1.0


def shuffle(call: Call) -> Iterator[Variant]:
    """`pixel_shuffle` and `pixel_unshuffle`: the order of the small pixels among the channels."""
    up = call.name == "pixel_shuffle"
    factor = Argument(1, "upscale_factor" if up else "downscale_factor")
    r = factor.of(call.args, call.kwargs)

    def ordered(order: tuple[int, ...]) -> Any:
        """The channels' axes (channel, row, column) in another order."""

        def run(args: Any, kwargs: Any) -> Any:
            x = X.of(args, kwargs)
            n, c, h, w = x.shape
            if up:
                sizes = (c // r**2, r, r)
                parts = x.reshape(n, *(sizes[k] for k in order), h, w)
                back = [1 + order.index(k) for k in range(3)]
                y = parts.permute(0, back[0], 4, back[1], 5, back[2])
                return y.reshape(n, c // r**2, h * r, w * r)
            parts = x.reshape(n, c, h // r, r, w // r, r)
            places = (1, 3, 5)
            y = parts.permute(0, *(places[k] for k in order), 2, 4)
            return y.reshape(n, c * r**2, h // r, w // r)

        return of_arguments(run)

    cure = "channel c·r² + i·r + j is pixel (i, j) of channel c: reshape to (…, C, r, r)"
    names = ("C", "r", "r'")
    for order in permutations(range(3)):
        if order != (0, 1, 2):
            layout = ", ".join(names[k] for k in order)
            cause = f"the channels are read as ({layout}), not (C, r, r')"
            if order == (0, 2, 1):
                cause = f"the two small axes are exchanged: {cause}"
            yield Variant(cause.replace("(r, r', C)", "(r, r, C)"), cure, ordered(order))


TABLE = {
    "pad": pad,
    "interpolate": resample,
    "pixel_shuffle": shuffle,
    "pixel_unshuffle": shuffle,
}
