"""A row of the coverage table."""

from __future__ import annotations

from typing import NamedTuple

LIMIT = 1e-9
"""What outputs, gradients and states may differ by at most, in float64."""


class Row(NamedTuple):
    """One configuration of PyTorch's databases.

    Args:
        kind: "module" or "optimizer".
        name: PyTorch's.
        configuration: the database's words for it, or its arguments.
        error: the largest relative error; None: it cannot be made here.
        reason: why it is not carried; "": it is.
    """

    kind: str
    name: str
    configuration: str
    error: float | None
    reason: str = ""

    @property
    def carried(self) -> bool:
        """Forward, gradients and, of optimisers, every slot are PyTorch's."""
        return not self.reason


def judged(kind: str, name: str, configuration: str, error: float) -> Row:
    """The row of a configuration that was measured."""
    reason = "" if error <= LIMIT else f"differs by {error:.1e}"
    return Row(kind, name, configuration, error, reason)
