"""A lesson's two programs, recorded for the page that steps through both."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.course.bench import LessonCase
from jaxdl.course.start import Start, begin, tensors_as

if TYPE_CHECKING:
    from jaxdl.autograd.recording import Fault, Recording
    from jaxdl.autograd.worlds import World
    from jaxdl.course.program import Program, Twin
    from jaxdl.course.registry import Lesson
    from jaxdl.parity.map import ParameterMap

STEPS = 3


def record_lesson(
    lesson: Lesson,
    config: Any = None,
    *,
    steps: int = STEPS,
    precision: str = "float32",
    progress: Callable[[int], None] | None = None,
) -> Recording:
    """Run a lesson's programs for a few training steps, and its wrong ones.

    Both begin as a PyTorch script does that seeds with `config.seed`, on the same batches. A lesson
    that has wrong programs has them in `faults.py`: `faults(config)` gives `WrongStep`s; one that
    has its program on the tape, too, has it in `taped.py`: `program(config, dtype)`, a `Taped`; one
    that has both with checkpoints in `checkpointed/`: `functional.py` and `imperative.py`, whose
    `program` gives what the lesson's own gives. Of a lesson that takes no steps there is one, which
    computes the loss and changes nothing.

    Args:
        lesson: which.
        config: its Config; None: the lecture's values.
        steps: training steps.
        precision: "float32" or "float64".
        progress: called with the number of each step that is done.

    Raises:
        InputError: PyTorch is not installed.
    """
    import jax

    from jaxdl.autograd.recording import record

    config = lesson.config() if config is None else config
    with jax.enable_x64(precision == "float64"):
        return record(
            [
                imperative_world(lesson, config, precision),
                *tape_worlds(lesson, config, precision),
                functional_world(lesson, config, precision),
            ],
            steps=steps,
            title=lesson.name,
            titles={
                "en": f"{lesson.number} · {lesson.title}",
                "zh": f"{lesson.number} · {lesson.title_zh}",
            },
            precision=precision,
            names=leaf_names(lesson.parameter_map(config)),
            faults=_faults(lesson, config, precision),
            checkpointed=_checkpointed(lesson, config, precision),
            progress=progress,
        )


def imperative_world(
    lesson: Lesson,
    config: Any,
    precision: str,
    step: Any = None,
    sources: tuple[Path, ...] = (),
    twin: Twin | None = None,
) -> World:
    """A lesson's twin, new, or another; or with another step: (twin, batch) -> the loss before."""
    from jaxdl.autograd.worlds import torch_world

    twin = lesson.twin(config, precision) if twin is None else twin
    own = lesson.folder / "imperative.py"
    batches, data = twin.batches, tensors_as(twin.examples(), precision)
    if batches is None or twin.step is None:
        ahead = [lesson.first_batch(config, data)]
        alone = lambda batch: twin.loss(twin.model, batch).detach()  # noqa: E731
        return torch_world(twin.loss, twin.model, alone, ahead, (own,))

    def epochs() -> Iterator[Any]:
        while True:
            yield from batches(data)

    one_step = twin.step if step is None else lambda batch: step(twin, batch)
    if lesson.dropouts:  # the steps draw, too: the next order comes when it is its turn
        world = torch_world(twin.loss, twin.model, one_step, epochs(), (*sources, own))
        return replace(world, graph=_of_training(twin, world.graph))
    # The order is drawn before anything runs that draws, too.
    ahead = list(islice(epochs(), 32))
    return torch_world(twin.loss, twin.model, one_step, ahead, (*sources, own))


def _of_training(twin: Twin, graph: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The graph of the step to come: drawn as it will draw, and nothing is moved by it."""
    from jaxdl._torch import import_torch

    torch = import_torch()

    def read(batch: Any) -> Any:
        kept, place = copy.deepcopy(twin.model.state_dict()), torch.get_rng_state()
        twin.model.train()
        found = graph(batch)
        twin.model.load_state_dict(kept)
        torch.set_rng_state(place)
        return found

    return read


def functional_world(
    lesson: Lesson, config: Any, precision: str, checkpointed: Program | None = None
) -> World:
    """A lesson's functional program, or another, started where the twin starts."""
    from jaxdl.autograd.worlds import jax_world

    program = lesson.program(config) if checkpointed is None else checkpointed
    own = (lesson.folder / "functional.py",)
    if program.step is None:
        data, params, _ = begin(lesson, config, program, Start(True, precision))
        ahead = [lesson.first_batch(config, data)]
        alone = lambda params, batch: (params, program.loss(params, batch))  # noqa: E731
        return jax_world(program.loss, params, alone, ahead, own)
    if checkpointed is not None:
        own = (lesson.folder / "checkpointed" / "functional.py", *own)
    work, masks = LessonCase(lesson, "", config).jax_work(precision), ()
    if lesson.dropouts:
        once = lesson.lasting(config, 1)
        _, _, more = begin(lesson, once, lesson.program(once), Start(True, precision))
        masks = tuple(keep[0] for keep in more["masks"])

    def epochs() -> Iterator[Any]:
        while True:
            if work.pieces is None:
                yield work.data
                continue
            for i, rows in enumerate(work.pieces):
                chosen = rows[0] if work.per_example else rows
                kept = (keep[i * len(rows) : (i + 1) * len(rows)] for keep in masks)
                yield *(column[chosen] for column in work.data), *kept

    return jax_world(
        program.loss,
        work.state,
        work.step if checkpointed is None or checkpointed.step is None else checkpointed.step,
        epochs(),
        own,
        program.params,
        checkpoints=checkpointed is not None,
    )


def tape_worlds(lesson: Lesson, config: Any, precision: str) -> list[World]:
    """A lesson's program on the tape, where it has one."""
    import numpy as np

    from jaxdl.autograd.worlds import tape_world

    name = f"{lesson.package}.taped"
    if find_spec(name) is None:
        return []
    taped = importlib.import_module(name).program(config, getattr(np, precision))
    if taped is None:
        return []
    sources = (lesson.folder / "taped.py",)
    return [tape_world(taped.loss, taped.parameters, taped.step, taped.batches, sources)]


def _checkpointed(lesson: Lesson, config: Any, precision: str) -> list[World]:
    """Both programs of a lesson with checkpoints, where it has them."""
    from jaxdl._torch import import_torch

    package = f"{lesson.package}.checkpointed"
    if find_spec(package) is None:
        return []
    functional, imperative = (
        importlib.import_module(f"{package}.{name}") for name in ("functional", "imperative")
    )
    twin = imperative.program(config, getattr(import_torch(), precision))
    sources = (lesson.folder / "checkpointed" / "imperative.py",)
    return [
        imperative_world(lesson, config, precision, sources=sources, twin=twin),
        functional_world(lesson, config, precision, functional.program(config)),
    ]


def leaf_names(parameter_map: ParameterMap) -> dict[str, str]:
    """PyTorch's names of the parameters to JAX's, where a rule ties one tensor to one leaf."""
    found = {}
    for layer in parameter_map.layers:
        if len(layer.rule.torch) == len(layer.rule.jax):
            for torch, jax in zip(layer.rule.torch, layer.rule.jax, strict=True):
                found[_join(layer.torch, torch)] = _join(layer.jax, jax)
    return found


def _join(prefix: str, name: str) -> str:
    return ".".join(part for part in (prefix, name) if part)


def _faults(lesson: Lesson, config: Any, precision: str) -> list[Fault]:
    from jaxdl.autograd.recording import Fault

    name = f"{lesson.package}.faults"
    if find_spec(name) is None:
        return []
    module = importlib.import_module(name)
    own = (lesson.folder / "faults.py",)
    return [
        Fault(
            id=wrong.id,
            titles=wrong.titles,
            why=wrong.why,
            world=imperative_world(lesson, config, precision, wrong.step, own),
            line=wrong.line,
            elsewhere=wrong.elsewhere,
        )
        for wrong in module.faults(config)
    ]
