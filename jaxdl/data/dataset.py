"""What a loaded dataset is: arrays, split, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Examples and their labels, row for row.

    Tables hold x (n, features) and y (n, 1), both float32: the shapes of the course's PyTorch
    code. Images hold x (n, 28, 28), or (n, 32, 32, 3) in colour, uint8, 0 to 255, and y (n,) int32.
    Names hold x (n,) strings, of NumPy's own dtype for them, and y (n,) int32. A text holds x (n,)
    uint8, the ASCII codes of its characters in order, and y (n,) int32, of each the next one.
    """

    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named dataset; `test` is None where the course trains on everything."""

    name: str
    train: Split
    test: Split | None
    source: str  # "embedded", or the folder it was read from
