"""Sizes, checked before anything is drawn: a refused call leaves the stream where it was."""

import math
import operator


def size_of(value: int, name: str = "a size", least: int = 0) -> int:
    """The integer; TypeError where it is none, ValueError where it is less than `least`."""
    try:
        size = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if size < least:
        wanted = ("not be negative", "be positive")[min(least, 1)]
        raise ValueError(f"{name} must {wanted}, got {size}")
    return size


def shape_of(shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The shape and the product of its sizes; errors as in `size_of`."""
    sizes = tuple(size_of(size) for size in shape)
    return sizes, math.prod(sizes)
