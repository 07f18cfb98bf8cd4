"""What a run leaves behind: `jaxdl run --json`, schema 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jaxdl._environment import cores, system, versions
from jaxdl.course.device import device

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.course.registry import Lesson

SCHEMA = 1


def document(
    lesson: Lesson,
    config: Any,
    *,
    data: str,
    history: dict[str, Any],
    result: dict[str, Any],
    seconds: dict[str, float],
) -> dict[str, Any]:
    """The run as JSON writes it.

    Args:
        lesson: which.
        config: its Config.
        data: name of the data set, or "lesson" for the lesson's own numbers.
        history: what `train` returned, one row an epoch.
        result: what `result` returned.
        seconds: "setup", "compile" and "train".
    """
    import numpy as np

    values = {name: as_numbers(rows) for name, rows in history.items()}
    losses = as_numbers(flat_losses(history))
    means = as_numbers([np.mean(np.asarray(row, np.float64)) for row in history["loss"]])
    return {
        "schema": SCHEMA,
        "lesson": lesson.name,
        "config": asdict(config),
        "data": data,
        "history": {"epoch_loss": means, "test_accuracy": [], **values, "loss": losses},
        "result": as_numbers(result),
        "seconds": seconds,
        "steps": len(losses),
        "environment": environment(),
    }


def flat_losses(history: dict[str, Any]) -> np.ndarray:
    """The loss of every step of a run, shape (steps,)."""
    import numpy as np

    rows = [np.ravel(np.asarray(row, np.float64)) for row in history["loss"]]
    return np.concatenate(rows) if rows else np.zeros(0)


def as_numbers(tree: Any) -> Any:
    """The same lists and dicts, of Python numbers; a number that is not finite becomes None."""
    import numpy as np

    if isinstance(tree, dict):
        return {name: as_numbers(value) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [as_numbers(value) for value in tree]
    if isinstance(tree, str):
        return tree
    array = np.asarray(tree)
    if array.ndim:
        return [as_numbers(value) for value in array]
    return array.item() if np.isfinite(array) else None


def environment() -> dict[str, Any]:
    """Where the numbers were computed."""
    import jax

    return {
        "jax": jax.__version__,
        **versions(),
        "platform": system(),
        "device": device().device_kind,
        "backend": jax.default_backend(),
        "cpus": cores(),
    }
