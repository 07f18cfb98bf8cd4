"""What is measured: a lesson's net with a Config, and how its data make batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.lessons import Lesson

SLOWER = {"learning_rate": 0.05}  # the lecture's, see lesson 12

VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "l04": {"line": {}, "parabola": {"model": "parabola"}},
    "l10": {"lecture": {}, "deeper": {"model": "deeper"}},
    "l11": {"googlenet": {}, "resnet": {"model": "resnet"}},
    "l12": {
        "cell": {},
        "rnn": {"model": "rnn", **SLOWER},
        "embedding": {"model": "embedding", **SLOWER},
    },
}
"""The nets of the lessons that have several; the others have one, "default"."""

FIRST = 3  # the first lesson that trains


@dataclass(frozen=True)
class Case:
    """One net to measure.

    Attributes:
        lesson: whose.
        variant: which of its nets, a name in `VARIANTS`.
        config: the lesson's Config.
        given: the fields that were asked for by name, be they the defaults or not.
    """

    lesson: Lesson
    variant: str
    config: Any
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What tables call it: "l10 deeper", "l13 batch_size=64"."""
        words = [self.lesson.name] + [self.variant] * (self.variant != "default")
        return " ".join(words + [f"{name}={value}" for name, value in self.given.items()])

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the Config that are not the lesson's defaults, and those asked for."""
        default = asdict(self.lesson.config())
        return {
            name: value
            for name, value in asdict(self.config).items()
            if value != default[name] or name in self.given
        }

    @property
    def one_batch(self) -> bool:
        """Every step takes all the data."""
        return not (self.lesson.per_example or hasattr(self.config, "batch_size"))

    def examples(self, n: int) -> int:
        """Examples a step, where the data's columns have n rows."""
        if self.lesson.per_example or self.lesson.number == 12:  # lesson 12's rows are one word's
            return 1
        return n if self.one_batch else self.config.batch_size

    def batches(self, n: int) -> int:
        """How many batches n rows make; a smaller last one is left out.

        Raises:
            InputError: not one.
        """
        size = self.examples(n)
        if size > n:
            raise InputError(f"{self.title}: its {n} examples make no batch of {size}")
        return 1 if self.one_batch else n // size


def variants(lesson: Lesson) -> dict[str, dict[str, Any]]:
    """Name -> the fields of Config that the net changes."""
    return VARIANTS.get(lesson.name, {"default": {}})


def cases(lesson: Lesson, variant: str = "", **given: Any) -> list[Case]:
    """A lesson's nets, or one of them, with further fields of the Config.

    Raises:
        InputError: the lesson trains nothing, or has no such net.
    """
    if lesson.number < FIRST:
        raise InputError(f"{lesson.name} trains nothing; the benchmark begins with l{FIRST:02d}")
    known = variants(lesson)
    if variant and variant not in known:
        raise InputError(f"{lesson.name} has no net {variant!r}; it has {', '.join(known)}")
    names = [variant] if variant else list(known)
    found = [
        Case(lesson, name, replace(lesson.config(), **known[name] | given), given) for name in names
    ]
    if any(getattr(case.config, lesson.length) < 1 for case in found):
        raise InputError(f"{lesson.name} takes no step in 0 {lesson.length}")
    return found


def field_value(lesson: Lesson, name: str, text: str) -> Any:
    """A field's value, read from a word of the command line.

    Raises:
        InputError: no such field, or not a value of it; the message says which there are.
    """
    known = {each.name: each for each in fields(lesson.config)}
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
        raise InputError(f"{lesson.name} has no field {name!r}; {hint}")
    kind = type(known[name].default)
    choices, least = (known[name].metadata[key] for key in ("choices", "min"))
    if choices and text not in choices:
        raise InputError(f"{name} is one of {', '.join(choices)}, not {text!r}")
    if kind is bool:
        if text not in ("true", "false"):
            raise InputError(f"{name} is true or false, not {text!r}")
        return text == "true"
    try:
        value = kind(text)
    except ValueError:
        raise InputError(f"{name}={text} is not a {kind.__name__}") from None
    if least is not None and value < least:
        raise InputError(f"{name} is at least {least}, not {text}")
    return value
