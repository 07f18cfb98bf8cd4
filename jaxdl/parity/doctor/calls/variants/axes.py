"""What only puts numbers in other places, done otherwise: reshapes, transposes, parts, repeats."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, X, of_arguments

MOST = 5
"""Arrays of so many axes, at most, are tried in every order of their axes."""


def reshaped(call: Call) -> Iterator[Variant]:
    """`flatten`, `reshape`, `view`, `unflatten`: with the axes in another order before or after."""
    x, shape = X.of(call.args, call.kwargs), tuple(call.outputs[0].shape)
    if x.ndim == 4 and shape == (len(x), x[0].numel()):
        yield Variant(
            "the axes (1, 2, 3) are read in the order (2, 3, 1): height, width, channels",
            "bring it into PyTorch's order first (x.transpose(0, 3, 1, 2) of NHWC), or carry "
            "the next kernel with parity.linear_after_flatten",
            of_arguments(lambda a, k: X.of(a, k).permute(0, 2, 3, 1).reshape(shape)),
        )
    if 2 <= x.ndim <= MOST and len(shape) < x.ndim:
        yield from _joined(x, shape)
    if 2 <= len(shape) <= MOST and len(shape) > x.ndim:
        yield from _split(shape)


def _joined(x: Any, shape: tuple[int, ...]) -> Iterator[Variant]:
    """Axes become one: in another order."""
    own = tuple(range(x.ndim))
    for axes in permutations(own):
        if axes == own:
            continue
        moved = [k for k in own if axes[k] != k]
        told = ", a transpose is missing or one too many" if len(moved) == 2 else ""
        yield Variant(
            f"the axes {own} are read in the order {axes}{told}",
            "bring the axes that are joined side by side, in PyTorch's order, and then reshape",
            of_arguments(lambda a, k, axes=axes: X.of(a, k).permute(axes).reshape(shape)),
        )


def _split(shape: tuple[int, ...]) -> Iterator[Variant]:
    """One axis becomes several: the numbers are dealt out in another order."""
    own = tuple(range(len(shape)))
    for axes in permutations(own):
        if axes == own:
            continue
        back = tuple(axes.index(k) for k in own)
        other = tuple(shape[k] for k in axes)

        def run(a: Any, k: Any, other: Any = other, back: Any = back) -> Any:
            return X.of(a, k).reshape(other).permute(back)

        yield Variant(
            f"it is split as {other}, and the axes are put in order then, not as {shape}",
            f"reshape{shape}",
            of_arguments(run),
        )


def rearranged(call: Call) -> Iterator[Variant]:
    """`transpose`, `permute`: left out, or a reshape in its place, or another order."""
    shape = tuple(call.outputs[0].shape)
    cure = "transpose, and then reshape"
    yield Variant(
        "a reshape stands in place of the transpose",
        cure,
        of_arguments(lambda a, k: X.of(a, k).reshape(shape)),
    )
    x = X.of(call.args, call.kwargs)
    if x.ndim <= MOST:
        for axes in permutations(range(x.ndim)):
            run = of_arguments(lambda a, k, axes=axes: X.of(a, k).permute(axes))
            if tuple(x.shape[a] for a in axes) == shape:
                yield Variant(f"the axes are in the order {axes} of PyTorch's", cure, run)


def parted(call: Call) -> Iterator[Variant]:
    """`chunk`, `split`, `unbind`: the parts in another order, one twice, or every n-th number."""
    count = len(call.outputs)
    if not 2 <= count <= 4 or len({t.shape for t in call.outputs}) > 1:
        return
    cure = "take the parts in PyTorch's order"
    for order in product(range(count), repeat=count):
        if order == tuple(range(count)) or (count == 4 and len(set(order)) < 4):
            continue
        what = "in the order" if len(set(order)) == count else "from the places"
        yield Variant(
            f"its {count} parts are taken {what} {order}",
            cure,
            of_arguments(lambda a, k, o=order: _ordered(call.function(*a, **k), o)),
        )
    x, axis = X.of(call.args, call.kwargs), Argument(2, "dim", 0).of(call.args, call.kwargs)
    if call.name == "unbind":
        return
    size = x.shape[axis] // count
    if size * count != x.shape[axis]:
        return
    axis %= x.ndim
    for block in range(1, size):
        if size % block == 0:
            told = f"{count}th number" if block == 1 else f"{count}th block of {block} numbers"

            def dealt(a: Any, k: Any, block: int = block) -> Any:
                y = X.of(a, k).unflatten(axis, (size // block, count, block))
                return tuple(p.flatten(axis, axis + 1) for p in y.unbind(axis + 1))

            yield Variant(
                f"its {count} parts are every {told} (heads first, or the like), not one stretch "
                "after the other",
                "jnp.split",
                of_arguments(dealt),
            )


def _ordered(parts: Any, order: Any) -> Any:
    return tuple(parts[k] for k in order)


def joined(call: Call) -> Iterator[Variant]:
    """`cat`, `stack`: the parts in another order, or one of them negated, or dealt out in turn."""
    parts = call.args[0]
    axis = Argument(1, "dim", 0).of(call.args, call.kwargs)
    count = len(parts)
    if not 2 <= count <= 4:
        return
    for order in permutations(range(count)):
        if order != tuple(range(count)):
            yield Variant(
                f"the parts are joined in the order {order}",
                "join them in PyTorch's order",
                of_arguments(
                    lambda a, k, o=order: call.function([a[0][i] for i in o], *a[1:], **k)
                ),
            )
    if len({p.shape for p in parts}) == 1 and parts[0].ndim:
        import torch

        def dealt(a: Any, k: Any) -> Any:
            y = torch.stack(list(a[0]), axis if axis < 0 else axis + 1)
            return y.reshape(call.outputs[0].shape)

        yield Variant(
            "the parts are dealt out in turn, not joined one after the other",
            "jnp.concatenate",
            of_arguments(dealt),
        )
        for k in range(count):

            def negated(a: Any, kw: Any, k: int = k) -> Any:
                return call.function(
                    [-p if i == k else p for i, p in enumerate(a[0])], *a[1:], **kw
                )

            yield Variant(f"part {k} has the other sign", "as PyTorch", of_arguments(negated))


def repeated(call: Call) -> Iterator[Variant]:
    """`repeat_interleave`, `repeat`, `expand`: 0, 1, 0, 1 for 0, 0, 1, 1, or the reverse."""
    x, y = X.of(call.args, call.kwargs), call.outputs[0]
    if call.name == "expand":
        return
    for axis in range(y.ndim):
        size = x.shape[axis - y.ndim] if y.ndim - axis <= x.ndim else 1
        times = y.shape[axis] // max(size, 1)
        if times < 2 or size < 2:
            continue
        inner = call.name == "repeat_interleave"
        form = (size, times) if inner else (times, size)

        def run(a: Any, k: Any, axis: int = axis, form: Any = form) -> Any:
            y = call.function(*a, **k)
            return y.unflatten(axis, form).transpose(axis, axis + 1).flatten(axis, axis + 1)

        yield Variant(
            "it is tiled (0, 1, 0, 1), not repeated (0, 0, 1, 1)"
            if inner
            else "it is repeated (0, 0, 1, 1), not tiled (0, 1, 0, 1)",
            f"jnp.{'repeat' if inner else 'tile'}, along axis {axis}",
            of_arguments(run),
        )


def picked(call: Call) -> Iterator[Variant]:
    """`getitem`, `select`, `narrow`: another place, or another stretch of the same length."""
    x, y = call.args[0], call.outputs[0]
    index = call.args[1]
    index = index if isinstance(index, tuple) else (index,)
    for place, part in enumerate(index):
        axis = place if Ellipsis not in index[:place] else x.ndim - len(index) + place
        if isinstance(part, int) and not isinstance(part, bool) and axis < x.ndim:
            for other in range(-1, x.shape[axis] - 1):
                if other % x.shape[axis] != part % x.shape[axis]:
                    new = (*index[:place], other, *index[place + 1 :])
                    told = "the last" if other == -1 else str(other)
                    yield Variant(
                        f"place {told} is taken of {x.shape[axis]}, not {part}",
                        f"x[{part}]",
                        of_arguments(lambda a, k, new=new: a[0][new]),
                    )
        if isinstance(part, slice) and axis < x.ndim and part.step in (None, 1):
            start, stop, _ = part.indices(x.shape[axis])
            length = stop - start
            if 0 < length < x.shape[axis]:
                for first in range(0, x.shape[axis] - length + 1):
                    if first != start:
                        new = (*index[:place], slice(first, first + length), *index[place + 1 :])
                        yield Variant(
                            f"places {first} to {first + length - 1} are taken, not {start} to "
                            f"{stop - 1}",
                            f"x[{start}:{stop}]",
                            of_arguments(lambda a, k, new=new: a[0][new]),
                        )
                step = x.shape[axis] // length
                if step > 1:
                    first = start // length
                    new = (
                        *index[:place],
                        slice(first, first + step * length, step),
                        *index[place + 1 :],
                    )
                    yield Variant(
                        f"every {step}th place is taken from {first} on, not {start} to {stop - 1}",
                        f"x[{start}:{stop}]",
                        of_arguments(lambda a, k, new=new: a[0][new]),
                    )
    del y


def turned(call: Call) -> Iterator[Variant]:
    """`flip`: left out; `roll`: the other way."""
    if call.name == "roll":
        shift, axes = call.args[1], Argument(2, "dims").of(call.args, call.kwargs)
        other = -shift if isinstance(shift, int) else tuple(-s for s in shift)
        yield Variant(
            "it is rolled the other way",
            f"jnp.roll(x, {shift})",
            of_arguments(lambda a, k: a[0].roll(other, axes)),
        )
    for axis in range(call.args[0].ndim):
        yield Variant(
            f"it is turned round along axis {axis} alone",
            "turn the axes that PyTorch turns",
            of_arguments(lambda a, k, axis=axis: a[0].flip(axis)),
        )


TABLE = (
    dict.fromkeys(("flatten", "reshape", "view", "unflatten"), reshaped)
    | dict.fromkeys(("transpose", "permute", "movedim", "swapaxes"), rearranged)
    | dict.fromkeys(("chunk", "split", "unbind", "tensor_split"), parted)
    | dict.fromkeys(("cat", "concat", "stack", "hstack", "vstack"), joined)
    | dict.fromkeys(("repeat_interleave", "repeat", "tile"), repeated)
    | dict.fromkeys(("getitem", "select"), picked)
    | dict.fromkeys(("flip", "roll"), turned)
)
