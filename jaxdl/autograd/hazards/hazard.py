"""What a hazard is, and how one is run."""

from __future__ import annotations

import inspect
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
            cure (what the right program does instead).
        wrong, right: () -> what was measured: name -> a number, or an exception's first line.
        other: the ids of its counterparts in the other world.
    """

    id: str
    world: World
    words: Mapping[str, Mapping[str, str]]
    wrong: Callable[[], dict[str, Any]]
    right: Callable[[], dict[str, Any]]
    other: tuple[str, ...] = ()


def as_json(hazard: Hazard) -> dict[str, Any]:
    """Run both programs; the hazard with its words, both sources and what was measured."""
    return {
        "id": hazard.id,
        "world": hazard.world,
        "words": dict(hazard.words),
        "other": list(hazard.other),
        "wrong": {"source": inspect.getsource(hazard.wrong), "measured": hazard.wrong()},
        "right": {"source": inspect.getsource(hazard.right), "measured": hazard.right()},
    }
