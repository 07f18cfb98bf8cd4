"""Tables of vectors, read otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, of_arguments

TABLE_, PADDING = Argument(1, "weight"), Argument(2, "padding_idx")
OFFSETS = 4
"""Indices are moved by so many."""


def embedding(call: Call) -> Iterator[Variant]:
    """`embedding`: indices moved, rows scaled, the padding row."""
    ids, w = call.args[0], TABLE_.of(call.args, call.kwargs)
    rows, width = w.shape
    cure = "table[ids]"

    def told(cause: str, cure: str, function: Any) -> Variant:
        run = of_arguments(lambda a, k: function(a[0], TABLE_.of(a, k)))
        return Variant(cause, cure, run)

    own = PADDING.of(call.args, call.kwargs)
    low = int(ids.min()) if ids.numel() else 0
    for move in sorted({*range(-OFFSETS, OFFSETS + 1), -low} - {0}, key=abs):
        size = "one" if abs(move) == 1 else str(abs(move))
        cause = f"the indices are {size} too {'large' if move > 0 else 'small'}"
        yield told(cause, cure, lambda i, w, m=move: w[(i + m).clamp(0, rows - 1)])
        yield told(
            f"{cause}, and go round at the end", cure, lambda i, w, m=move: w[(i + m) % rows]
        )
        if own is not None:
            yield told(
                f"{cause}, but the padding's",
                cure,
                lambda i, w, m=move: w[i.where(i == own, (i + m).clamp(0, rows - 1))],
            )
    if ids.ndim > 1 and not (ids[:1] == ids).all():
        # Positions that are counted from the array's start, whatever was padded.
        for start in range(low, low + OFFSETS):
            plain = (start + _counted(ids)).clamp(0, rows - 1)
            yield told(
                f"every example has the indices {start}, {start + 1}, …, whatever is padding",
                "count each example's own positions: cumsum(mask) - 1",
                lambda i, w, plain=plain: w[plain],
            )
    for cause, function in (
        ("the rows are multiplied by √width", lambda i, w: w[i] * math.sqrt(width)),
        ("the rows are divided by √width", lambda i, w: w[i] / math.sqrt(width)),
        ("the table is read backwards", lambda i, w: w.flip(0)[i]),
        ("the indices are transposed", lambda i, w: w[i.T.reshape(i.shape)]),
        (
            "the table is reshaped where it should be transposed",
            lambda i, w: w.T.reshape(rows, width)[i],
        ),
    ):
        yield told(cause, cure, function)
    if rows == width:
        yield told("the table is transposed", "not weight.T", lambda i, w: w.T[i])
    for row in sorted({0, own, rows - 1} - {None}):

        def blank(i: Any, w: Any, row: int = row) -> Any:
            return w[i] * (i != row).unsqueeze(-1)

        yield told(
            f"row {row} of the table gives zeros",
            "PyTorch's padding_idx stops the row's gradient; its values are what the table has",
            blank,
        )


def _counted(ids: Any) -> Any:
    import torch

    return torch.arange(ids.shape[-1]).expand(ids.shape)


TABLE = {"embedding": embedding}
