"""What an exercise is, and where the exercises are."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jaxdl.course.registry import Lesson, find, lessons
from jaxdl.errors import InputError

STYLES = ("functional", "imperative")
OWN = {"JAX|": "functional", "PyTorch|": "imperative"}
"""What a line of an exercise's text begins with that is for one style alone."""


@dataclass(frozen=True)
class Exercise:
    """What an exercise says of itself, in its `__init__.py`.

    Args:
        package: its `__name__`.
        title, title_zh: in English and in Chinese.
        ask, ask_zh: what is to be done, in lines of at most 76 columns. A line that begins with
            "JAX|" or "PyTorch|" is shown to who writes in that framework, without these words.
        without: what an answer may not use, as the text says: modules, functions and classes by
            their full names ("jax.grad", or "optax" with all that is in it), methods with a dot
            in front (".backward"), and the statements "for", "while" and "if".
    """

    package: str
    title: str
    title_zh: str
    ask: str
    ask_zh: str
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Such as "l05/mean_gradient": what an answer's file calls itself."""
        _, lesson, _, own = self.package.split(".")
        return f"{lesson[:3]}/{own}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(str(importlib.import_module(self.package).__file__)).parent

    @property
    def styles(self) -> tuple[str, ...]:
        """The programs that it asks for: "functional", and "imperative" where that makes sense."""
        return STYLES if (self.folder / "imperative").is_dir() else STYLES[:1]

    def path(self, style: str, file: str) -> Path:
        """Of one of its files: "task", "solution", "wrong" or "check"."""
        return (self.folder if style == "functional" else self.folder / style) / f"{file}.py"

    def module(self, style: str, file: str) -> ModuleType:
        """One of its files, imported: "solution", "wrong" or "check"."""
        inside = self.package if style == "functional" else f"{self.package}.{style}"
        return importlib.import_module(f"{inside}.{file}")

    def told(self, language: str, style: str) -> tuple[str, str]:
        """Title and text in a language, "en" or "zh", for a style."""
        zh = language == "zh"
        title, ask = (self.title_zh, self.ask_zh) if zh else (self.title, self.ask)
        lines = []
        for line in ask.strip().splitlines():
            mark = next((each for each in OWN if line.startswith(each)), "")
            if not mark or OWN[mark] == style:
                lines.append(line.removeprefix(f"{mark} " if mark else "").removeprefix(mark))
        return title, re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer.

    Args:
        instead_of: the name of the solution's function in whose place it stands.
        hint, hint_zh: what is said to whom gives it, in English and in Chinese.
        answer: the function.
    """

    instead_of: str
    hint: str
    hint_zh: str
    answer: Callable[..., Any]


def wrong(instead_of: str, hint: str, hint_zh: str) -> Callable[[Callable[..., Any]], Wrong]:
    """Above a function of `wrong.py`: it is a wrong answer in place of one of the solution's.

    Args:
        instead_of: the name of the solution's function.
        hint, hint_zh: what is said to whom gives it.
    """
    return lambda answer: Wrong(instead_of, hint, hint_zh, answer)


def exercises_of(lesson: Lesson) -> tuple[Exercise, ...]:
    """A lesson's exercises, in their order; imports neither JAX nor PyTorch."""
    return _exercises_in(lesson.package)


@cache
def _exercises_in(package: str) -> tuple[Exercise, ...]:
    inside = f"{package}.exercises"
    if importlib.util.find_spec(inside) is None:
        return ()
    names = importlib.import_module(inside).NAMES
    return tuple(importlib.import_module(f"{inside}.{name}").EXERCISE for name in names)


def all_exercises() -> tuple[Exercise, ...]:
    """The exercises of the whole course, in its order."""
    return tuple(exercise for lesson in lessons() for exercise in exercises_of(lesson))


def exercise_called(name: str) -> tuple[Exercise, str]:
    """An exercise and a style, by the name that an answer's file gives itself.

    Args:
        name: "l05/mean_gradient", or "l05/mean_gradient/imperative".

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    first, _, rest = name.partition("/")
    own, _, style = rest.partition("/")
    lesson = find(first)
    known = {exercise.name: exercise for exercise in exercises_of(lesson)}
    exercise = known.get(f"{lesson.name}/{own}")
    if exercise is None:
        near = get_close_matches(f"{lesson.name}/{own}", known, n=1, cutoff=0.4) or list(known)
        hint = f"there is {', '.join(near)}" if near else "this lesson has none"
        raise InputError(f"no exercise is called {name!r}; {hint}")
    if (style or "functional") not in exercise.styles:
        raise InputError(f"{exercise.name} has no style {style!r}; leave it out")
    return exercise, style or "functional"
