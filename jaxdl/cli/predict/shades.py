"""Pictures in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Num

SHADES = " ░▒▓█"


def shaded(values: Num[np.ndarray, "rows columns"], most: float) -> list[str]:
    """A line for each row: two characters a value, which makes it about square.

    Args:
        values: from 0, drawn as a space.
        most: the value that is drawn as a full block.
    """
    levels = (values.astype(float) * len(SHADES) / most).astype(int).clip(0, len(SHADES) - 1)
    return ["".join(SHADES[level] * 2 for level in row) for row in levels]
