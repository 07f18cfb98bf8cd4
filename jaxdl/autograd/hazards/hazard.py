"""What a hazard is, and how one is run."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

World = Literal["imperative", "functional"]


@dataclass(frozen=True)
class Hazard:
    """A small program that goes wrong, beside the one that is right.

    Args:
        id: one word, as the command takes it.
        world: the way of programming in which it is written.
        words: by language, "en" and "zh": title (what was done), symptom (what one sees), cause,
            cure (what the right program does instead); of other languages than the programs', what
            their measured numbers are called, too.
        wrong, right: () -> what was measured: name -> a number, or an exception's first line.
        other: the ids of its counterparts in the other world.
    """

    id: str
    world: World
    words: Mapping[str, Mapping[str, Any]]
    wrong: Callable[[], dict[str, Any]]
    right: Callable[[], dict[str, Any]]
    other: tuple[str, ...] = ()


def as_json(hazard: Hazard) -> dict[str, Any]:
    """Run both programs; the hazard with its words, both sources and what was measured.

    What is not finite is a string: "nan", "inf", "-inf".
    """
    return {
        "id": hazard.id,
        "world": hazard.world,
        "words": dict(hazard.words),
        "other": list(hazard.other),
        "wrong": _run(hazard.wrong),
        "right": _run(hazard.right),
    }


def _run(program: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    measured = {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in program().items()
    }
    return {"source": inspect.getsource(program), "measured": measured}
