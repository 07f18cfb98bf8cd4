"""The registry: what a lesson is, and where the lessons are.

A lesson is a folder of the package `lessons` with two programs, `functional.py` and
`imperative.py`, that share the names below; what the tools are given of them is in
`jaxdl.course.Program` and `Twin`.

    functional.py                                      imperative.py
    examples(config) -> (x, y)                         examples(config) -> (x, y)
    init(key, ...) -> params                           Model(...)
    apply(params, x) -> output                         Model.forward(x)
    loss(params, batch) -> scalar                      loss(model, batch)
    step(...)                                          step(...)
    train(config, data, ...) -> params, history        train(config, data) -> model, history
    result(config, params, history, data) -> numbers
    figures(config, params, history, data) -> Figure
    program(config) -> Program                         program(config, dtype) -> Twin
    main()                                             main()

Where there is a test set, `test_examples(config) -> (x, y)`, too.

`history` maps a name ("loss", "gradient", "accuracy") to its values, one row an epoch.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from jaxdl._torch import import_torch
from jaxdl.course.program import Data, Program, Twin
from jaxdl.errors import InputError
from jaxdl.parity.map import ParameterMap

PACKAGES = ("lessons",)
"""Where lessons are looked for: in folders named like l04_back_propagation."""

BESIDE = Path(__file__).resolve().parents[2]
"""The folder that `jaxdl` is in."""


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
        batch: the attribute of Config that says how many examples a step sees; empty: all of them.
        per_example: a batch of this lesson is one example, not an array of them.
        examples_per_step: where that is not the number of rows that a step sees.
        shuffles: `train` takes `order`, the examples' order in each epoch, shape (epochs, n).
        dropouts: takes a Config, gives the shape of an example and the rate of each dropout that a
            training step goes through, in that order; None: it goes through none. `train` then
            takes `masks`, what each of them keeps, (epochs, n, *shape), in the order of the visits.
        draws: the attribute of Config that says how many examples an epoch draws, each of them
            from all, as `RandomSampler(replacement=True)` does: n above is that number; empty: an
            epoch sees every example once.
        tests_each_epoch: the lecture's script reads an unshuffled DataLoader of the test set after
            each epoch, and so does the twin that is given `test`: see `jaxdl.course.start.Start`.
        resumable: `train` takes `test` and `checkpoints`.
        predicts: what `jaxdl predict` gives the trained net: "image", "name", "text" (to go on
            with) or "question"; empty: nothing.
        diverges: why two float32 runs of this lesson part ways although the programs are the
            same; empty: they do not. `compare` then asks in float32 for the first step alone.
        quick: the fields of Config that `--quick` changes, with their values.
        variants: what `compare` checks: name -> the fields of Config that the variant changes.
        nets: what `bench` measures: name -> the fields of Config that make this net; empty: the
            lesson takes no training steps.
        bar: how many times faster than PyTorch's best way ours is to be; None: not asked.
        sharded: the loss is a mean over a batch's examples in which each counts the same, so that
            a batch can be shared out among devices.
        shares: who has the cores of a CPU, each a device, share the batches of a run, `train` then
            giving `fit` a step for a share: "itself", `jaxdl run` does so by itself where a run is
            long enough (`jaxdl.course.device`); "asked", it does if it is told to by `--devices`,
            since it was measured to be no faster; empty: nobody.
        at_once: examples of its share that a device computes with at once, where a share has more
            (`jaxdl.train.shared_step`); None: all.
        flax: the net is made of Flax layers, which can be run by XLA's own algorithms, too.
    """

    package: str
    number: int
    title: str
    title_zh: str
    parameter_map: Callable[[Any], ParameterMap]
    datasets: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    length: str = "epochs"
    batch: str = ""
    per_example: bool = False
    examples_per_step: int | None = None
    shuffles: bool = False
    dropouts: Callable[[Any], tuple[tuple[tuple[int, ...], float], ...]] | None = None
    draws: str = ""
    tests_each_epoch: bool = False
    resumable: bool = False
    predicts: str = ""
    diverges: str = ""
    quick: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"default": {}})
    nets: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"default": {}})
    bar: float | None = None
    sharded: bool = False
    shares: Literal["", "asked", "itself"] = ""
    at_once: int | None = None
    flax: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled so that unpickling imports the course's own package first."""
        return _blank, (self.package,), vars(self)

    @property
    def name(self) -> str:
        """Short name, such as "l04"."""
        return f"l{self.number:02d}"

    @property
    def config(self) -> Any:
        """The lesson's Config class."""
        return importlib.import_module(self.package).Config

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(str(importlib.import_module(self.package).__file__)).parent

    def lasting(self, config: Any, length: int) -> Any:
        """`config` with a run of another length, in epochs."""
        return replace(config, **{self.length: length})

    def batch_size(self, config: Any) -> int | None:
        """Examples a step; None: all of them."""
        return getattr(config, self.batch) if self.batch else None

    def epoch_size(self, config: Any, n: int) -> int:
        """Examples that an epoch sees, where there are n."""
        return getattr(config, self.draws) if self.draws else n

    def steps_per_epoch(self, config: Any, n: int) -> int:
        """Steps of an epoch where there are n examples, that of a smaller last batch included."""
        n = self.epoch_size(config, n)
        size = 1 if self.per_example else self.batch_size(config)
        return -(-n // size) if size else 1

    def first_batch(self, config: Any, data: Data) -> Data:
        """The first batch, unshuffled: where output, loss and gradients are compared."""
        if self.per_example:
            return tuple(column[0] for column in data)
        return tuple(column[: self.batch_size(config)] for column in data)

    @property
    def functional(self) -> ModuleType:
        """The module of the JAX program; importing it imports JAX."""
        return importlib.import_module(f"{self.package}.functional")

    @property
    def imperative(self) -> ModuleType:
        """The module of the PyTorch twin; importing it imports PyTorch.

        Raises:
            InputError: PyTorch is not installed.
        """
        import_torch()
        return importlib.import_module(f"{self.package}.imperative")

    def program(self, config: Any) -> Program:
        """The functional program, bound to a Config; the same object for the same Config."""
        return _program(self.package, config)

    def twin(self, config: Any, precision: str) -> Twin:
        """A new imperative program, bound to a Config.

        Args:
            config: of this lesson.
            precision: "float32", or another of PyTorch's dtypes.

        Raises:
            InputError: PyTorch is not installed.
        """
        return self.imperative.program(config, getattr(import_torch(), precision))


def _blank(package: str) -> Lesson:
    """A lesson without its facts, which unpickling gives it."""
    package_called(package.partition(".")[0])
    return object.__new__(Lesson)


@cache
def _program(package: str, config: Any) -> Program:
    return importlib.import_module(f"{package}.functional").program(config)


def option(
    default: Any,
    help: str,
    *,
    min: float | None = None,
    max: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a lesson's Config, which the command line shows as a flag.

    Args:
        default: the lecture's value.
        help: one line, for `--help`.
        min, max: the smallest and the largest value that make sense.
        choices: the only values, where they can be named.
    """
    return field(
        default=default, metadata={"help": help, "min": min, "max": max, "choices": choices}
    )


def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the course's order. Imports neither JAX nor PyTorch.

    Raises:
        InputError: there are none.
    """
    found = tuple(lesson for package in PACKAGES for lesson in lessons_in(package))
    if not found:
        raise InputError(f"there is no lesson in {', '.join(PACKAGES)}; install jaxdl again")
    return found


@cache
def lessons_in(package: str) -> tuple[Lesson, ...]:
    """The lessons of a package, in the order of their folders' names."""
    home = package_called(package)
    names = sorted(module.name for module in pkgutil.iter_modules(home.__path__))
    found = [importlib.import_module(f"{package}.{n}") for n in names if re.match(r"l\d\d_", n)]
    return tuple(module.LESSON for module in found)


def package_called(name: str) -> ModuleType:
    """A package of lessons: the one that lies beside `jaxdl`, where there is one of that name.

    `lessons` is a name that others use, too: such a package may come first on the path.

    Raises:
        InputError: there is none, or another one of that name has been imported already.
    """
    own = BESIDE / name / "__init__.py"
    if not own.is_file():
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise InputError(f"the course is not there ({error}); install jaxdl again") from error
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, own)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    package = sys.modules[name]
    if not any(os.path.realpath(path) == str(own.parent) for path in package.__path__):
        raise InputError(
            f"another package {name} ({', '.join(package.__path__)}) has been imported in place of "
            f"the course's in {own.parent}; take it off the path"
        )
    return package


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
