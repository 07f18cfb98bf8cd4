"""A comparison as JSON, and in a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.compare import Comparison
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
        "agree": comparison.agree,
    }


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
    if comparison.diverges:
        yield f"after the first step the runs may part: {comparison.diverges}"
    yield "agree" if comparison.agree else "DISAGREE"


def _growth(quantity: str, comparison: Comparison) -> str:
    """How the trajectory's error grows: its largest value up to some steps."""
    if quantity != "trajectory":
        return ""
    errors = comparison.loss_error
    points = [steps for steps in (1, 10, 30, 100, 300, 1000) if steps < len(errors)]
    grown = [f"{max(errors[:steps]):.0e}" for steps in points]
    return f"  by step {', '.join(map(str, points))}: {', '.join(grown)}" if grown else ""
