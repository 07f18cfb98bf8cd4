"""Dropout that is at work in the JAX program where PyTorch has none: found by its zeros."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.variant import Variant, after

if TYPE_CHECKING:
    import numpy as np

CURE = "no dropout in evaluation: deterministic=True, net.eval()"


def dropped(call: Call, values: Values) -> Iterator[Variant]:
    """Any call: some of its numbers are 0, and all others are multiplied by one number."""
    output = call.outputs[0]
    for keep, share in kept(output.detach().double().numpy(), values):
        mask = output.new_tensor(keep)
        yield Variant(
            f"dropout is active: {share:.0%} of the result of {call.name} are 0",
            CURE,
            after(lambda y, m=mask: y * m if hasattr(y, "dtype") else y),
        )


def kept(array: np.ndarray, values: Values) -> Iterator[tuple[np.ndarray, float]]:
    """(what each number is multiplied by, how many are dropped) of arrays that are so."""
    import numpy as np

    from jaxdl.parity.doctor.calls.alike import aligned

    there = array != 0
    if there.sum() < 4:
        return
    for value in values.by_size.get(array.size, ()):
        zeros = int((value.array == 0).sum())
        if zeros <= (~there).sum() or zeros > 0.95 * array.size:
            continue
        for way in aligned(value.array, array.shape):
            factor = np.zeros_like(array)
            factor[there] = way[there] / array[there]
            left = factor[factor != 0]
            if not left.size or (way[~there] != 0).any():
                continue
            share = 1 - left.size / there.sum()
            if np.ptp(left) <= 1e-9 * abs(left[0]) and left[0] > 1 and 0 < share < 1:
                yield factor, float(share)


def is_dropped(weights: Any, values: Values | None) -> Iterator[tuple[Any, float]]:
    """The same of a tensor: (factors, share)."""
    if values is not None:
        for factor, share in kept(weights.detach().double().numpy(), values):
            yield weights.new_tensor(factor), share
