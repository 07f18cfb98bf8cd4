"""The tables of what a step costs besides its arithmetic, from `benchmarks/results/overhead.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jaxdl.bench.report import duration


def steps(document: Any, chinese: bool) -> list[str]:
    """A way a row, a depth a column: the median of a training step."""
    return _table(document, chinese, lambda row: duration(row["step_s"]["median"]))


def compilation(document: Any, chinese: bool) -> list[str]:
    """The same of what compiling takes; for what is not compiled, of its first calls."""
    return _table(document, chinese, lambda row: duration(row["compile_s"]))


def _table(document: Any, chinese: bool, cell: Callable[[Any], str]) -> list[str]:
    depths = document["depths"]
    names = list(dict.fromkeys(row["function"] for depth in depths for row in depth["records"]))
    unit = "层" if chinese else "layers"
    rows = [
        "| | " + " | ".join(f"{depth['layers']} {unit}" for depth in depths) + " |",
        "|---" * (1 + len(depths)) + "|",
    ]
    for name in names:
        cells = [name.replace("torch", "PyTorch").replace("jax", "JAX")]
        for depth in depths:
            found = [row for row in depth["records"] if row["function"] == name]
            cells.append(cell(found[0]) if found else "")
        rows.append(f"| {' | '.join(cells)} |")
    return rows
