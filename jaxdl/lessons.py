"""The registry: what a lesson is, and where the lessons are.

A lesson is a folder of `lessons/` with two programs, `functional.py` and `imperative.py`, that
share the names below; nothing else about them is fixed.

    functional.py                                      imperative.py
    examples(config) -> (x, y)                         examples(config) -> (x, y)
    init(key, ...) -> params                           Model(...)
    apply(params, x) -> output                         Model.forward(x)
    loss(params, batch) -> scalar                      loss(model, batch)
    step(...)                                          step(...)
    train(config, data, ...) -> params, history        train(config, data) -> model, history
    result(config, params, history, data) -> numbers
    figures(config, params, history, data) -> Figure
    main()                                             main()

From l09 on there is `test_examples(config) -> (x, y)`, too, and `train` takes `test`, on which the
accuracy is taken after every epoch, and `checkpoints`.

`history` maps a name ("loss", "gradient", "accuracy") to its values, one row an epoch. A parameter
of `apply` or `loss` that has the name of a field of Config receives that field
(`jaxdl.parity.records.bind`). `train` calls `report(epoch, losses)` after each epoch.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from types import ModuleType
from typing import Any

from jaxdl._torch import import_torch
from jaxdl.errors import InputError
from jaxdl.parity.maps import ParameterMap


@dataclass(frozen=True)
class Lesson:
    """What a lesson says of itself, in its `__init__.py`.

    Args:
        package: the lesson's `__name__`.
        number: 4 for l04.
        title: in English.
        title_zh: in Chinese.
        parameter_map: takes a Config, gives the map that ties the twin's `state_dict` to the
            functional program's parameters.
        datasets: names in `jaxdl.data`, the default first; empty: the lesson's own few numbers.
        tasks: values of Config's field `task`, where a lesson makes its examples from a key.
        length: the field of Config that says how long `train` goes on; 0: the initial parameters.
        shuffles: `train` takes `order`, the examples' order in each epoch, shape (epochs, n).
        resumable: `train` takes `test` and `checkpoints`.
        predicts: what `jaxdl predict` gives the trained net: "image", "name", "text" (to go on
            with) or "question"; empty: nothing.
        float32_parts: why two float32 runs of this lesson part ways although the programs are the
            same; empty: they do not. `compare` then asks in float32 for the first step alone.
        per_example: a batch of this lesson is one example, not an array of them.
        quick: the fields of Config that `--quick` changes, with their values.
        variants: what `compare` checks: name -> the fields of Config that the variant changes.
    """

    package: str
    number: int
    title: str
    title_zh: str
    parameter_map: Callable[[Any], ParameterMap]
    datasets: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    length: str = "epochs"
    shuffles: bool = False
    resumable: bool = False
    predicts: str = ""
    float32_parts: str = ""
    per_example: bool = False
    quick: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"default": {}})

    @property
    def name(self) -> str:
        """Short name, such as "l04"."""
        return f"l{self.number:02d}"

    @property
    def config(self) -> Any:
        """The lesson's Config class."""
        return importlib.import_module(self.package).Config

    def lasting(self, config: Any, length: int) -> Any:
        """`config` with a run of another length, in epochs."""
        return replace(config, **{self.length: length})

    @property
    def functional(self) -> ModuleType:
        """The JAX program; importing it imports JAX."""
        return importlib.import_module(f"{self.package}.functional")

    @property
    def imperative(self) -> ModuleType:
        """The PyTorch twin; importing it imports PyTorch.

        Raises:
            InputError: PyTorch is not installed.
        """
        import_torch()
        return importlib.import_module(f"{self.package}.imperative")


def option(
    default: Any, help: str, *, min: float | None = None, choices: tuple[str, ...] = ()
) -> Any:
    """A field of a lesson's Config, which the command line shows as a flag.

    Args:
        default: the lecture's value.
        help: one line, for `--help`.
        min: the smallest value that makes sense.
        choices: the only values, where they can be named.
    """
    return field(default=default, metadata={"help": help, "min": min, "choices": choices})


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the course's order. Imports neither JAX nor PyTorch."""
    import lessons as course

    names = sorted(module.name for module in pkgutil.iter_modules(course.__path__))
    found = [
        importlib.import_module(f"lessons.{name}") for name in names if re.match(r"l\d\d_", name)
    ]
    return tuple(module.LESSON for module in found)


def find(name: str) -> Lesson:
    """The lesson called "l04", "4" or "l04_back_propagation".

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    known = {lesson.name: lesson for lesson in lessons()}
    known |= {lesson.package.rpartition(".")[2]: lesson for lesson in lessons()}
    known |= {str(lesson.number): lesson for lesson in lessons()}
    if name in known:
        return known[name]
    padded = re.sub(r"^l(\d)$", r"l0\1", name.lower())  # which get_close_matches passes over
    near = [padded] if padded in known else get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "`jaxdl list` shows them all"
    raise InputError(f"no lesson is called {name!r}; {hint}")
