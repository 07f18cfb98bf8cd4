"""Whether a call made in another way has the JAX program's numbers, and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, again, made, tensors_in
from jaxdl.parity.doctor.calls.values import EXACT, Values, telling
from jaxdl.parity.doctor.calls.variants import Variant
from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

UNKNOWN = (
    *(RuntimeError, IndexError, KeyError, ValueError, TypeError, AttributeError),
    *(AssertionError, NotImplementedError),
)


def seen(
    calls: Sequence[Call],
    call: Call,
    variant: Variant,
    values: Values,
    theirs: Values,
    most: int = 0,
) -> str | None:
    """The line of the JAX program that has the variant's numbers; None: none has.

    Where the variant gives what some call gives anyhow (a call left out gives its input), the
    numbers of the calls that use it must be there. And of what has no numbers of its own in the
    JAX program (one writes -1e30, the other -inf), so many of the next calls are looked at.
    """
    outputs = _outputs(variant, call)
    if not outputs:
        return None
    if len(outputs) == len(call.outputs) and all(map(_same, outputs, call.outputs)):
        return None  # the same numbers: nothing is changed
    there = False
    last = all(number != call.number for c in calls for number, _ in c.sources.values())
    for new, old in zip(outputs, call.outputs, strict=False):
        array = new.detach().double().numpy()
        found = values.like(array)
        if found is None or _same(new, old) or not telling(array):
            continue
        if last or theirs.like(array) is None:
            return found.place
        there = True
    return _seen_after(calls, call, variant, values, theirs, max(most, 3) if there else most)


def _seen_after(
    calls: Sequence[Call],
    call: Call,
    variant: Variant,
    values: Values,
    theirs: Values,
    most: int,
) -> str | None:
    if not most:
        return None
    try:
        found = again(calls, {call.number: variant.run}, call.number, most + 1)
    except UNKNOWN:
        return None
    for number, outputs in found.items():
        if number == call.number:
            continue
        for new in outputs:
            array = new.detach().double().numpy()
            there = values.like(array) if new.is_floating_point() else None
            if there is not None and theirs.like(array) is None and telling(array):
                return there.place
    return None


def turned(call: Call, variant: Variant, fed: bool) -> bool:
    """The variant gives the call's numbers in another order; of what only feeds it, any."""
    outputs = _outputs(variant, call)
    if not outputs or outputs[0].numel() != call.outputs[0].numel() or fed:
        return bool(outputs) and fed and outputs[0].shape == call.outputs[0].shape
    new, old = (print_of(t.detach().double().numpy()) for t in (outputs[0], call.outputs[0]))
    return distance(new, old) <= EXACT


def explains(
    calls: Sequence[Call],
    change: Mapping[int, Variant],
    values: Values,
    results: Any,
    wanted: Any,
) -> bool:
    """With the variants PyTorch's program gives the JAX program's results."""
    import numpy as np

    try:
        found = again(calls, {n: v.run for n, v in change.items()}, min(change))
    except UNKNOWN:
        return False
    for array, (number, k) in zip(results, wanted, strict=True):
        if np.isnan(array).all() and not _has_numbers(found[min(change)]):
            return False  # too many ways lead there
        tensor = found[number][k] if number in found else calls[number].outputs[k]
        if not agrees(array, tensor, values.tolerance):
            return False
    return True


def agrees(array: np.ndarray, tensor: Any, tolerance: float) -> bool:
    """A result is PyTorch's, to ten times the tolerance: errors add up on the way."""
    found = distance(print_of(array), print_of(tensor.detach().double().numpy()))
    return found <= 10 * tolerance and in_order(array, tensor)


def _has_numbers(tensors: Sequence[Any]) -> bool:
    """Some of them are finite."""
    return any(bool(t.isfinite().any()) for t in tensors)


def _outputs(variant: Variant, call: Call) -> list[Any]:
    import torch

    try:
        with torch.no_grad():
            found = made(call, variant.run)
    except UNKNOWN:
        return []
    return [t for t in found if t.is_floating_point()]


def _same(a: Any, b: Any) -> bool:
    """Two tensors have the same numbers in the same places."""
    import torch

    scale = float(b.abs().max()) if b.numel() else 0.0
    return a.shape == b.shape and torch.allclose(
        a.double(), b.double(), rtol=0, atol=EXACT * scale, equal_nan=True
    )


def numbers_of(calls: Sequence[Call]) -> Values:
    """What PyTorch's calls give and take."""
    found = Values()
    seen: set[int] = set()
    for call in calls:
        for tensor in (*call.outputs, *tensors_in((call.args, call.kwargs))):
            if tensor.is_floating_point() and tensor.numel() and id(tensor) not in seen:
                seen.add(id(tensor))
                found.add(tensor.detach().double().numpy(), call.name, "")
    return found


def in_order(array: np.ndarray, tensor: Any) -> bool:
    """A result's numbers stand in PyTorch's order, or in that of other axes."""
    import numpy as np

    wanted = tensor.detach().double().numpy()
    if array.shape != wanted.shape:
        return True
    limit = 1e-6 * np.abs(wanted[np.isfinite(wanted)]).max(initial=1e-30)
    orders = permutations(range(array.ndim)) if array.ndim <= 5 else [range(array.ndim)]
    return any(
        np.allclose(array.transpose(order), wanted, rtol=0, atol=limit, equal_nan=True)
        for order in orders
        if array.transpose(order).shape == wanted.shape
    )
