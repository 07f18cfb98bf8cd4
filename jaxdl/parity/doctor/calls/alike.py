"""What the JAX program has in the place of a call's result: the same shape, other numbers.

Here nothing is known of the call: it is told how the two arrays differ. The JAX program's own array
in the result's place shows, too, whether all that is wrong is in that call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, made
from jaxdl.parity.doctor.calls.solving import candidates
from jaxdl.parity.doctor.calls.values import ROUNDED, Values
from jaxdl.parity.doctor.calls.variants.variant import Variant, of_arguments
from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

NEAR = 1e-9
UNEXPLAINED = "no known fault explains it"
MOST = 6  # axes of an array whose orders are tried


def aligned(array: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """A JAX array as it may be PyTorch's of a shape: its axes in every order that fits.

    One side may have axes that are one on the other, as (height, width) and (height · width).
    """
    fine, coarse = array.shape, shape
    turned = array.ndim < len(shape)
    if turned:
        fine, coarse = shape, array.shape
    if len(fine) > MOST:
        return
    for order in permutations(range(len(fine))):
        if not _merges([fine[a] for a in order], coarse):
            continue
        if turned:
            back = tuple(order.index(a) for a in range(len(order)))
            yield array.reshape([fine[a] for a in order]).transpose(back)
        else:
            yield array.transpose(order).reshape(shape)


def _merges(fine: Sequence[int], coarse: Sequence[int]) -> bool:
    """Neighbours of the fine sizes put together make the coarse ones."""
    left = [n for n in fine if n != 1]
    for size in (n for n in coarse if n != 1):
        product = 1
        while product < size and left:
            product *= left.pop(0)
        if product != size:
            return False
    return not left


def moved(call: Call, values: Values) -> bool:
    """The JAX program has the call's numbers, but nowhere where PyTorch has them."""
    output = call.outputs[0].detach().double().numpy()
    wanted = print_of(output)
    there = [
        value
        for value in values.by_size.get(output.size, ())
        if distance(value.print, wanted) <= values.tolerance
    ]
    return bool(there) and not any(
        _close(way, output) for value in there for way in aligned(value.array, output.shape)
    )


def reordered(call: Call, values: Values) -> Iterator[Variant]:
    """The call's numbers in another order."""
    output = call.outputs[0].detach().double().numpy()
    wanted = print_of(output)
    for value in values.by_size.get(output.size, ()):
        if distance(value.print, wanted) > values.tolerance:
            continue
        ways = [*aligned(value.array, output.shape), value.array.reshape(output.shape)]
        if any(_close(way, output) for way in ways):
            continue
        for way in ways:
            cause = f"the result of {call.name} is in another order: {_order(output, way)}"
            cure = "the axes, and what stands along them, as PyTorch has them"
            yield Variant(cause, cure, _is(way))


def _order(a: np.ndarray, b: np.ndarray, near: float = NEAR) -> str:
    """How one array is another's numbers in another order."""
    import numpy as np

    for axis, n in enumerate(a.shape):
        if _close(np.flip(a, axis), b, near):
            return f"axis {axis} runs the other way"
        for step in range(1, n):
            if _close(np.roll(a, step, axis), b, near):
                return f"axis {axis} is rolled by {step if step <= n // 2 else step - n}"
        rows = [row.reshape(-1) for row in np.moveaxis(a, axis, 0)]
        order = [
            next((k for k, row in enumerate(rows) if _close(row, other.reshape(-1), near)), -1)
            for other in np.moveaxis(b, axis, 0)
        ]
        if sorted(order) == list(range(n)):
            return f"axis {axis} has its places in the order {_short(order)}"
    names = ["batch", "channels", "height", "width"]
    for order in permutations(range(a.ndim)):
        told = ", ".join(names[k] for k in order) if a.ndim == 4 else ", ".join(map(str, order))
        if _close(a.transpose(order).reshape(b.shape), b, near):
            return f"its axes are read in the order {told}"
        back = tuple(order.index(k) for k in range(a.ndim))
        if _close(a.reshape([a.shape[k] for k in order]).transpose(back), b, near):
            return f"what goes in is read as if its axes were {told}"
    return "a reshape where a transpose belongs, or the reverse"


def _short(order: list[int]) -> str:
    told = ", ".join(map(str, order[:8]))
    return told + ", …" * (len(order) > 8)


def changed(call: Call, values: Values) -> Iterator[Variant]:
    """Something is added to each place along an axis, or each is multiplied by something."""
    import numpy as np

    output = call.outputs[0].detach().double().numpy()
    if output.ndim < 2:
        return
    for value in candidates(values, output.size):
        for way in aligned(value.array, output.shape):
            for axis, n in enumerate(output.shape):
                if n == 1 or output.size < 3 * n:
                    continue
                old = np.moveaxis(output, axis, 0).reshape(n, -1)
                new = np.moveaxis(way, axis, 0).reshape(n, -1)
                told = _along(old, new)
                if told:
                    of = "each channel" if axis == 1 else f"each place along axis {axis}"
                    told = told.format(of)
                    yield Variant(told, f"{call.name} as it is", _is(way))


def _along(old: np.ndarray, new: np.ndarray) -> str:
    """What is done to rows; "": nothing that is one thing for a row."""
    import numpy as np

    if not (np.isfinite(old).all() and np.isfinite(new).all()):
        return ""
    scale = np.abs(old).max() + np.abs(new).max()
    apart = new - old
    if np.abs(apart - apart[:, :1]).max() <= NEAR * scale:
        return "something is added to {} of the result"
    centred = old - old.mean(1, keepdims=True)
    square = (centred**2).sum(1)
    if (square <= 0).any():
        return ""
    factor = (centred * new).sum(1) / square
    rest = new - factor[:, None] * old
    if np.abs(rest - rest.mean(1, keepdims=True)).max() > NEAR * scale:
        return ""
    if np.abs(rest).max() <= NEAR * scale:
        return "{} of the result is multiplied by something"
    return "{} of the result is multiplied by something, and something is added"


def substituted(call: Call, values: Values) -> Iterator[Variant]:
    """The JAX program's arrays that have the result's place, one after the other."""
    output = call.outputs[0].detach().double().numpy()
    for value in candidates(values, output.size):
        for way in aligned(value.array, output.shape):
            yield Variant("", "", _is(way))


def described(call: Call, variant: Variant) -> str:
    """How the JAX program's numbers in a result's place differ, which nothing known explains."""
    import numpy as np

    old = call.outputs[0].detach().double().numpy()
    new = next(iter(made(call, variant.run))).detach().double().numpy()
    scale = max(float(np.abs(old[np.isfinite(old)]).max(initial=0.0)), 1e-300)
    apart = ~np.isclose(new, old, rtol=0, atol=NEAR * scale, equal_nan=True)
    count = int(apart.sum())
    if not count:
        return ""
    if old.size > 2 and _close(np.sort(new, axis=None), np.sort(old, axis=None), ROUNDED):
        return f"{UNEXPLAINED}; its numbers stand in another order: {_order(old, new, ROUNDED)}"
    at = tuple(int(k) for k in np.argwhere(apart)[0])
    first = f"{new[at]:.6g} for PyTorch's {old[at]:.6g}"
    where = f" at {list(at)}" if at else ""
    if count == old.size:
        return f"{UNEXPLAINED}; other numbers stand in its place: {first}{where}"
    told = f"{count} of {old.size} numbers in its place are others, the first{where}: {first}"
    return f"{UNEXPLAINED}; {told}"


def _is(array: np.ndarray) -> Any:
    """The call gives this array."""
    import torch

    given = torch.from_numpy(array.copy())
    return of_arguments(lambda args, kwargs: given.clone())


def _close(a: np.ndarray, b: np.ndarray, near: float = NEAR) -> bool:
    import numpy as np

    return a.shape == b.shape and bool(
        np.allclose(a, b, rtol=0, atol=near * max(float(np.abs(b).max()), 1e-300), equal_nan=True)
    )
