"""The places of windows in an image: sizes, paddings, kernels read otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations, product
from typing import Any

Sides = list[tuple[int, int]]


def each(value: Any, n: int) -> tuple[int, ...]:
    """One number for each axis."""
    if isinstance(value, tuple | list):
        return tuple(value) * (n if len(value) == 1 else 1)
    return (value,) * n


def same(size: int, stride: int, reach: int) -> int:
    """How much 'SAME' pads an axis by, in all."""
    return max((-(-size // stride) - 1) * stride + reach + 1 - size, 0)


def flat(sides: Any) -> list[int]:
    """PyTorch's order: the last axis first."""
    return [n for pair in reversed(sides) for n in pair]


def told(sides: Any) -> str:
    """How a message says it: "((1, 1), (0, 2))"."""
    return "(" + ", ".join(f"({a}, {b})" for a, b in sides) + ("," * (len(sides) == 1)) + ")"


def named_sides(own: Sides, sizes: Any, reach: Any, strides: Any, kernel: Any) -> dict[str, Sides]:
    """The paddings that have a name.

    Args:
        own: PyTorch's.
        sizes: of the image.
        reach: of the kernel: its size less one, dilated.
        strides, kernel: as they are.
    """
    whole = [same(s, t, r) for s, t, r in zip(sizes, strides, reach, strict=True)]
    found = {
        "'SAME', whose odd pixel goes to the end": [(p // 2, p - p // 2) for p in whole],
        "'SAME' with its odd pixel at the start": [(p - p // 2, p // 2) for p in whole],
        "'VALID': none": [(0, 0) for _ in own],
        "'CAUSAL': all at the start": [(r, 0) for r in reach],
        "all at the end": [(0, r) for r in reach],
        "the whole reach on both sides": [(r, r) for r in reach],
        "half the kernel on both sides": [(k // 2, k // 2) for k in kernel],
        "half the reach at the start, the rest at the end": [(r // 2, r - r // 2) for r in reach],
        "half the reach at the end, the rest at the start": [(r - r // 2, r // 2) for r in reach],
        "start and end exchanged": [(b, a) for a, b in own],
        "one pixel more on each side": [(a + 1, b + 1) for a, b in own],
        "twice what it should be": [(2 * a, 2 * b) for a, b in own],
    }
    if len(set(own)) > 1:
        found["that of the other axis"] = own[::-1]
    return {name: sides for name, sides in found.items() if sides != own}


def places(reach: int, first: int = -1) -> list[int]:
    """Where a window of a reach may begin or end: all pixels, or those that stand to reason."""
    last = 2 * reach + 1
    if last - first <= 16:
        return list(range(first, last + 1))
    near = {base + k for base in (0, reach // 2, reach, 2 * reach) for k in (-1, 0, 1)}
    return sorted(
        {*near, 2, first, 3 * reach // 2} | ({-reach // 2, -reach} if first < -1 else set())
    )


def other_sides(own: Sides, reach: Any) -> Iterator[Sides]:
    """All paddings: those alike on every axis first, then those of one axis; -1 cuts a pixel off.

    Args:
        own: PyTorch's.
        reach: of the kernel, by axis.
    """
    alike = [[(a, b)] * len(own) for a, b in product(places(max(reach)), repeat=2)]
    yield from (sides for sides in alike if sides != own)
    for axis, r in enumerate(reach):
        for pair in product(places(r), repeat=2):
            sides = [*own[:axis], pair, *own[axis + 1 :]]
            if sides != own and sides not in alike:
                yield sides


def kernels(w: Any, flips: bool = True) -> Iterator[tuple[str, Any]]:
    """A convolution's kernel of PyTorch's layout read otherwise, in the same shape.

    (how it is told, kernel -> kernel)
    """
    spatial = tuple(range(2, w.ndim))
    ways = [flip for n in range(len(spatial) + 1) for flip in combinations(spatial, n)]
    for order in permutations(range(w.ndim)):
        if tuple(w.shape[a] for a in order) != tuple(w.shape):
            continue
        for flip in ways if flips else [()]:
            if order == tuple(range(w.ndim)) and not flip:
                continue
            yield (
                _kernel_told(order, flip, spatial),
                lambda w, o=order, f=flip: w.permute(o).flip(f),
            )
    names = {3: "OIW", 4: "OIHW", 5: "OIDHW"}[w.ndim]
    last = (*spatial, 1, 0)
    for stored in (tuple(range(w.ndim)), last):
        for order in permutations(range(w.ndim)):
            if order == stored:
                continue
            shape = [w.shape[a] for a in order]
            back = [order.index(a) for a in range(w.ndim)]
            given, taken = ("".join(names[a] for a in way) for way in (stored, order))
            yield (
                "the kernel's axes are read in another order (reshaped, not transposed): "
                f"{given} as if it were {taken}",
                lambda w, g=stored, s=shape, b=back: w.permute(g).reshape(s).permute(b),
            )


def _kernel_told(order: tuple[int, ...], flip: tuple[int, ...], spatial: tuple[int, ...]) -> str:
    parts = []
    if order[:2] == (1, 0):
        parts.append("input and output channels are exchanged")
    if order[2:] != spatial and sorted(order[2:]) == list(spatial):
        what = "height and width" if len(spatial) == 2 else "spatial axes"
        parts.append(f"{what} are exchanged")
    if sorted(order[:2]) != [0, 1]:
        parts.append(f"axes are in the order {order}")
    if flip == spatial:
        parts.append("spatial axes are turned round (flipped)")
    elif flip:
        parts.append(f"axes {flip} are turned round (flipped)")
    return "the kernel's " + ", and its ".join(parts)
