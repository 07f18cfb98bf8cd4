"""Numbers a dimension, and how many windows fit, as PyTorch counts them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

Sizes = int | Sequence[int]


def each(name: str, numbers: Any, count: int, least: int | None = 0) -> tuple[int, ...]:
    """One integer a dimension, from one integer for all of them or as many as there are.

    Raises:
        ValueError: they are not so many integers from `least` on; `name` says whose.
    """
    given = (numbers,) * count if np.ndim(numbers) == 0 else tuple(numbers)
    try:
        found = tuple(operator.index(number) for number in given)
    except TypeError:
        found = ()
    if len(found) != count or (least is not None and min(found, default=least) < least):
        bound = "" if least is None else f" from {least} on"
        raise ValueError(f"{name} must be an integer{bound} or {count} of them, got {numbers!r}")
    return found


def dimensions(inputs: Any, count: int, what: str) -> tuple[int, ...]:
    """The sizes of the last `count` axes before the channels.

    Raises:
        ValueError: the inputs have fewer axes.
    """
    if inputs.ndim <= count:
        raise ValueError(
            f"{what} of {count} dimensions, PyTorch's (…, channels, *dimensions), wants "
            f"(…, *dimensions, channels) here, {count + 1} axes or more; got shape {inputs.shape}"
        )
    return tuple(inputs.shape[-count - 1 : -1])


def around(inputs: Any, pads: Sequence[tuple[int, ...]]) -> list[tuple[int, int, int]]:
    """As `lax.pad` wants them: nothing but these before and after the dimensions."""
    before = inputs.ndim - len(pads) - 1
    return [(0, 0, 0)] * before + [(low, high, 0) for low, high in pads] + [(0, 0, 0)]


def count_windows(
    size: int, window: int, stride: int, padding: int, dilation: int = 1, ceil_mode: bool = False
) -> int:
    """Windows along one dimension.

    With `ceil_mode` one more where something is left over, unless it would begin behind the input
    and the padding before it.

    Raises:
        ValueError: the padding is more than half the window, or no window fits.
    """
    reach = dilation * (window - 1) + 1
    if 2 * padding > reach:
        raise ValueError(
            f"PyTorch's padding {padding} is at most half of the window, {reach} pixels with its "
            "dilation; pad by jaxdl.nn.pad for more"
        )
    left = size + 2 * padding - reach
    count = (left + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    if count < 1:
        raise ValueError(
            f"a window of {reach} pixels does not fit into {size} with {padding} around them"
        )
    return count
