"""Lessons as cases for the benchmark: a net with a Config, and how its data make batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any

from jaxdl.bench.work import JaxWork, TorchWork, WholeRun
from jaxdl.course.device import alone_on_one, use_devices
from jaxdl.course.document import flat_losses
from jaxdl.course.programs import kept_programs
from jaxdl.course.registry import Lesson
from jaxdl.course.start import Start, begin, floating_as, tensors_as
from jaxdl.course.values import bounds, number
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class LessonCase:
    """One net of a lesson to measure; a `jaxdl.bench.Case`.

    Attributes:
        lesson: whose.
        net: which of its nets, a name in `Lesson.nets`.
        config: the lesson's Config.
        given: the fields that were asked for by name, be they the defaults or not.
    """

    lesson: Lesson
    net: str
    config: Any
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What tables call it: "l10 deeper", "l13 batch_size=64"."""
        words = [self.lesson.name] + [self.net] * (self.net != "default")
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
    def labels(self) -> dict[str, Any]:
        """What a record says of it."""
        variant = {"name": self.net, "title": self.title, "config": self.fields}
        return {"lesson": self.lesson.name, "variant": variant}

    @property
    def diverges(self) -> bool:
        """Rounding alone makes two runs part after the first step."""
        return bool(self.lesson.diverges)

    @property
    def sharded(self) -> bool:
        """Its batches can be shared out among devices."""
        return self.lesson.sharded

    @property
    def flax(self) -> bool:
        """Its net is made of Flax layers."""
        return self.lesson.flax

    def jax_work(self, precision: str) -> JaxWork:
        """The functional program's steps.

        Raises:
            InputError: there are fewer examples than a batch has.
        """
        from jaxdl.train import shared_step

        lesson = self.lesson
        config = lesson.lasting(self.config, 1)  # no more than an epoch's order is needed
        program = lesson.program(config)
        assert program.start is not None
        assert program.step is not None
        data, params, more = begin(lesson, config, program, Start(True, precision))
        n = len(data[0])
        shares = lesson.sharded and program.optimizer is not None
        return JaxWork(
            step=program.step,
            state=program.start(params),
            data=data,
            pieces=self.pieces(n, *more.get("order", [])[:1]),
            gathers=lesson.shuffles,
            per_example=lesson.per_example,
            examples=self.examples(n),
            run=self.batches(n) * getattr(self.config, lesson.length),
            shared_step=(
                shared_step(program.loss, program.optimizer, at_once=lesson.at_once)
                if shares
                else None
            ),
        )

    def torch_work(self, precision: str) -> TorchWork:
        """The imperative program's steps.

        Raises:
            InputError: there are fewer examples than a batch has, or PyTorch is not installed.
        """
        twin = self.lesson.twin(self.config, precision)
        assert twin.batches is not None
        assert twin.step is not None
        data = tensors_as(twin.examples(), precision)
        n = len(data[0])
        return TorchWork(
            step=twin.step,
            model=twin.model,
            loss=twin.loss,
            optimizer=twin.optimizer,
            scheduler=twin.scheduler,
            batches=list(islice(twin.batches(data), self.batches(n))),
            examples=self.examples(n),
        )

    def whole_run(self, program: str, precision: str) -> WholeRun:
        """Train once, as `jaxdl run --like-torch` does, its devices included, or as the twin's
        `main`; called before JAX starts."""
        epochs = getattr(self.config, self.lesson.length)
        if program == "imperative":
            twin = self.lesson.twin(self.config, precision)
            tensors = tensors_as(twin.examples(), precision)
            test = {}
            if twin.test_examples:
                test = {"test": tensors_as(twin.test_examples(), precision)}
            return WholeRun(
                train=lambda: flat_losses(twin.train(tensors, **test)[1]),
                examples=self.examples(len(tensors[0])),
                epochs=epochs,
                device="cpu",
            )
        import jax

        devices = use_devices(self.lesson, self.config)
        ours = self.lesson.program(self.config)
        start = Start(True, precision, self.lesson.tests_each_epoch)
        data, params, more = begin(self.lesson, self.config, ours, start)
        if ours.test_examples:
            more["test"] = floating_as(ours.test_examples(), precision)

        def train() -> np.ndarray:
            with alone_on_one(devices), kept_programs(self.lesson, self.config):
                return flat_losses(jax.block_until_ready(ours.train(data, params, **more))[1])

        return WholeRun(
            train=train,
            examples=self.examples(len(data[0])),
            epochs=epochs,
            device=jax.devices()[0].device_kind,
            devices=devices or 1,
        )

    def batches(self, n: int) -> int:
        """How many batches n rows make; a smaller last one is left out.

        Raises:
            InputError: they make none.
        """
        size = self.rows(n)
        if size > n:
            raise InputError(f"{self.title}: its {n} examples are fewer than a batch of {size}")
        return self.lesson.epoch_size(self.config, n) // size

    def rows(self, n: int) -> int:
        """Rows of the data that a step sees, of n."""
        return 1 if self.lesson.per_example else self.lesson.batch_size(self.config) or n

    def examples(self, n: int) -> int:
        """Examples a step, where the data's columns have n rows."""
        return self.lesson.examples_per_step or self.rows(n)

    def pieces(self, n: int, order: np.ndarray | None = None) -> np.ndarray | None:
        """The rows of each batch, (batches, size); None: all data are one."""
        import numpy as np

        if not (self.lesson.per_example or self.lesson.batch):
            return None
        count, size = self.batches(n), self.rows(n)
        rows = np.arange(n) if order is None else order
        return rows[: count * size].reshape(count, size)


def cases(lesson: Lesson, net: str = "", **given: Any) -> list[LessonCase]:
    """A lesson's nets, or one of them, with further fields of the Config.

    Raises:
        InputError: the lesson takes no training steps, or has no such net.
    """
    if not lesson.nets:
        raise InputError(f"{lesson.name} has no training steps, and so nothing to measure")
    if net and net not in lesson.nets:
        raise InputError(f"{lesson.name} has no net {net!r}; it has {', '.join(lesson.nets)}")
    found = [
        LessonCase(lesson, name, replace(lesson.config(), **{**lesson.nets[name], **given}), given)
        for name in ([net] if net else lesson.nets)
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
    choices = known[name].metadata["choices"]
    if choices and text not in choices:
        raise InputError(f"{name} is one of {', '.join(choices)}, not {text!r}")
    if kind is bool:
        if text not in ("true", "false"):
            raise InputError(f"{name} is true or false, not {text!r}")
        return text == "true"
    if kind is str:
        return text
    try:
        return number(text, kind, *bounds(known[name]))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
