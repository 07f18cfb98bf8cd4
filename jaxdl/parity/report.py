"""A comparison as JSON, as an HTML file, and in a few lines for people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from jaxdl._files import replacing
from jaxdl.parity.compare import Comparison
from jaxdl.parity.page import page
from jaxdl.parity.tolerances import TOLERANCES


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The fields of `jaxdl compare --json` that a comparison gives."""
    return {
        "precision": comparison.precision,
        "steps": comparison.steps,
        "init_equal": comparison.init_equal,
        "output_error": comparison.output_error,
        "batch_loss_error": comparison.batch_loss_error,
        "loss_error": comparison.loss_error,
        "gradient_error": comparison.gradient_error,
        "parameter_error": comparison.parameter_error,
        "layers": [asdict(layer) for layer in comparison.layers],
        "buffer_error": comparison.buffer_error,
        "slot_error": comparison.slot_error,
        "frozen": comparison.frozen,
        "unused": comparison.unused,
        "ratios": comparison.ratios,
        "agree": comparison.agree,
    }


def write_html(path: str | os.PathLike[str], comparison: Comparison, title: str) -> None:
    """Write a comparison as one HTML file.

    Args:
        path: the file.
        comparison: what was found.
        title: what was compared.

    Raises:
        OSError: the file cannot be written.
    """
    with replacing(path) as part:
        part.write_text(page(comparison, title), "utf-8")


def lines(comparison: Comparison) -> Iterator[str]:
    """Each quantity with its error and what it may be; then whether the two agree."""
    yield f"initial parameters  {'equal bit for bit' if comparison.init_equal else 'DIFFER'}"
    for quantity, error in comparison.worst.items():
        limit = f"at most {TOLERANCES[comparison.precision, quantity]:.0e}"
        if quantity not in comparison.asked:
            limit = "not limited"
        elif comparison.diverges and quantity == "trajectory":
            limit = f"its first step {limit}"
        yield f"{quantity:18}  {error:.1e}  ({limit}){_growth(quantity, comparison)}"
    yield from _layers(comparison)
    for kind, names in (("frozen", comparison.frozen), ("unused", comparison.unused)):
        if names:
            yield f"{kind:18}  {', '.join(names)}"
    if comparison.diverges:
        yield f"after the first step the runs may part: {comparison.diverges}"
    yield "agree" if comparison.agree else "DISAGREE"


def _layers(comparison: Comparison) -> Iterator[str]:
    """A table: each layer as the program runs, and alone."""
    if not comparison.layers:
        return
    width = max(len(f"{layer.name} {layer.kind}") for layer in comparison.layers)
    yield f"{'layer':{width}}  {'as it runs':>10}  {'alone':>7}  in JAX"
    for layer in comparison.layers:
        runs, alone = (
            "not found" if error is None else f"{error:.1e}" for error in (layer.error, layer.alone)
        )
        name = f"{layer.name} {layer.kind}".strip()
        yield f"{name:{width}}  {runs:>10}  {alone:>7}  {layer.operation} {layer.place}".rstrip()


def _growth(quantity: str, comparison: Comparison) -> str:
    """How the trajectory's error grows: its largest value up to some steps."""
    if quantity != "trajectory":
        return ""
    errors = comparison.loss_error
    points = [steps for steps in (1, 10, 30, 100, 300, 1000) if steps < len(errors)]
    grown = [f"{max(errors[:steps]):.0e}" for steps in points]
    return f"  by step {', '.join(map(str, points))}: {', '.join(grown)}" if grown else ""
