"""Numbers that a field of a lesson's Config can have: told in the words of who types them."""

from __future__ import annotations

from dataclasses import Field
from typing import Any

MOST = 10_000_000
"""The largest whole number that makes sense: of epochs, units, examples."""
LARGEST = 1e38
"""The largest number that float32 can still add something to."""


def bounds(field: Field[Any]) -> tuple[Any, Any]:
    """The smallest and the largest value of a field that is a number, both allowed."""
    if field.name == "seed":  # what jax.random.key takes, and torch.manual_seed
        return -(2**63), 2**63 - 1
    least, most = field.metadata["min"], field.metadata["max"]
    if most is None:
        most = MOST if type(field.default) is int else LARGEST
    return -most if least is None else least, most


def number(text: str, kind: type, least: float, most: float) -> Any:
    """The number in a text.

    Raises:
        ValueError: there is none in it, or one out of bounds; the message says what is allowed.
    """
    try:
        value = kind(text)
    except (ValueError, OverflowError):
        value = None
    if value is None or not least <= value <= most:  # nor is NaN between them
        what = "a whole number" if kind is int else "a number"
        text = text if len(text) <= 40 else f"{text[:40]}…"
        raise ValueError(f"{text} is not {what} from {readable(least)} to {readable(most)}")
    return value


def readable(bound: float) -> str:
    """1e+38, 10,000,000, 0."""
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"
