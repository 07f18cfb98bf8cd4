"""A lesson's functional program against its imperative one: the same numbers, or where not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jaxdl.course import golden
from jaxdl.course.records import STEPS, functional_record, imperative_record
from jaxdl.errors import InputError
from jaxdl.parity.compare import Comparison, compare_records
from jaxdl.parity.record import condensed

if TYPE_CHECKING:
    from jaxdl.course.registry import Lesson


def compare_lesson(
    lesson: Lesson,
    config: Any = None,
    *,
    steps: int = 100,
    precision: str = "float32",
    against: str = "golden",
) -> dict[str, Comparison]:
    """Run a lesson's functional program and hold it against its twin.

    Args:
        lesson: which.
        config: this Config alone; None: the lesson's variants.
        steps: length of the compared trajectory; a shorter run is compared whole.
        precision: "float32" or "float64".
        against: "golden", the committed values of the twin, or "torch", the twin run now.

    Returns:
        Variant -> its comparison.

    Raises:
        InputError: no golden values for this, or no PyTorch.
    """
    if config is None:
        configs = {
            name: replace(lesson.config(), **fields) for name, fields in lesson.variants.items()
        }
    else:
        configs = {"given": config}
    found = {}
    for name, config in configs.items():
        if against == "torch":
            length = steps
            theirs = imperative_record(lesson, config, precision, length)
        else:
            length = max(steps, STEPS)
            theirs = golden.read(lesson, config, precision)
        ours = functional_record(lesson, config, precision, length)
        if against == "golden":
            ours = condensed(ours)
        if len(ours["trajectory"]) > len(theirs["trajectory"]):
            raise InputError(
                f"{lesson.name}'s golden file holds {len(theirs['trajectory'])} steps, "
                f"not {steps}; compare with --against torch"
            )
        diverges = lesson.diverges if precision == "float32" else ""
        found[name] = compare_records(ours, theirs, precision, steps, diverges=diverges)
    return found
