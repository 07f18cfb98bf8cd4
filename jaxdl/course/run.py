"""A lesson trained as the command line does it: timed, checkpointed, kept for `jaxdl predict`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from jaxdl.course.cache import use_compilation_cache
from jaxdl.course.device import alone_on_one, device, use_devices
from jaxdl.course.document import document as run_document
from jaxdl.course.program import Program
from jaxdl.course.programs import kept_programs
from jaxdl.course.registry import Lesson
from jaxdl.course.start import Start, begin, floating_as

Report = Callable[..., object]


AS_IT_IS = Start()


@dataclass(frozen=True)
class Kept:
    """Where a run saves itself: the directory, and whether it goes on from what is there."""

    directory: str
    resume: bool = False


@dataclass(frozen=True)
class Done:
    """A finished run: what `train` returned, its JSON document, why the net is not kept, and among
    how many devices each batch was shared out."""

    lesson: Lesson
    config: Any
    program: Program
    data: Any
    params: Any
    history: dict[str, Any]
    document: dict[str, Any]
    start: Start
    kept: Kept | None = None
    unkept: str = ""
    devices: int | None = None

    @property
    def steps_per_second(self) -> float:
        """Training steps a second of this process, compilation not counted."""
        taken = self.document["steps"] - self.document.get("resumed_step", 0)
        return taken / max(self.document["seconds"]["train"], 1e-9)

    @property
    def figure(self) -> Any:
        """The lesson's figure of this run."""
        return self.program.figures(self.params, self.history, self.data)


def run(
    lesson: Lesson,
    config: Any,
    start: Start = AS_IT_IS,
    kept: Kept | None = None,
    *,
    reporter: Callable[[int], AbstractContextManager[Report | None]] = lambda epochs: nullcontext(),
    tell: Callable[[str], object] = print,
    keep: str | None = None,
    quick: bool = False,
    profile: str | None = None,
    devices: int | None = None,
) -> Done:
    """Run a lesson's functional program as the command line does.

    Args:
        lesson: which.
        config: its Config.
        start: how it begins.
        kept: where it saves itself after every epoch; only where it can be resumed.
        reporter: epochs -> a context that gives what `train` calls as `report`.
        tell: takes a line, for each checkpoint that is passed over.
        keep: where the net is kept; None: where `jaxdl predict` looks for it.
        quick: what is said of the net: it was scaled down.
        profile: a folder for a trace of the training, compilation included.
        devices: among how many its batches are shared out (`use_devices`); None: what is faster.

    Raises:
        InputError: its data are not there or not sound, or its checkpoints cannot be used.
    """
    started = time.perf_counter()
    import jax

    use_compilation_cache()
    devices = use_devices(lesson, config, asked=devices)
    device()  # or there is none, and nothing is to be read
    program = lesson.program(config)
    with jax.enable_x64(start.precision == "float64"), ExitStack() as stack:
        stack.enter_context(alone_on_one(devices))
        stack.enter_context(kept_programs(lesson, config))
        data, params, more = begin(lesson, config, program, start)
        if program.test_examples:
            more["test"] = floating_as(program.test_examples(), start.precision)
        if kept:
            opened = checkpoints(lesson, config, start, kept, tell)
            more["checkpoints"] = stack.enter_context(opened)
        ready, compiled = time.perf_counter(), compile_seconds()
        trace = jax.profiler.trace(profile, create_perfetto_trace=True) if profile else None
        with reporter(getattr(config, lesson.length)) as report, trace or nullcontext():
            params, history = program.train(data, params, report=report, **more)
            jax.block_until_ready((params, history))
        compiled = compile_seconds() - compiled
        trained = time.perf_counter() - ready
        with jax.numpy_dtype_promotion("standard"):  # it may load float32 images of its own
            result = program.result(params, history, data)
        document = run_document(
            lesson,
            config,
            data=getattr(config, "task" if lesson.tasks else "data", "lesson"),
            history=history,
            result=result,
            seconds={
                "setup": ready - started,
                "compile": compiled,
                "train": max(trained - compiled, 0.0),
            },
        )
        if devices:
            document["devices"] = devices
        if kept and kept.resume:
            document["resumed_step"] = more["checkpoints"].resumed_step
    done = Done(
        lesson, config, program, data, params, history, document, start, kept, devices=devices
    )
    if lesson.predicts and document["steps"]:
        try:
            keep_trained(done, Path(keep) if keep else trained_path(lesson), quick)
        except OSError as error:
            return replace(done, unkept=str(error.strerror or error))
    return done


def checkpoints(
    lesson: Lesson, config: Any, start: Start, kept: Kept, tell: Callable[[str], object]
) -> Any:
    """The directory of a run's checkpoints, opened."""
    from jaxdl.train import Checkpoints

    # Said only where it is so: checkpoints of before it was there are of runs without it.
    more: dict[str, Any] = {"tests_each_epoch": True} if start.tests_each_epoch else {}
    more |= {"masks": start.masks} if start.masks != "words" else {}
    return Checkpoints(
        kept.directory,
        run={
            "lesson": lesson.name,
            "config": asdict(config),
            "like_torch": start.like_torch,
            "precision": start.precision,
        }
        | more,
        resume=kept.resume,
        report=tell,
    )


def trained_path(lesson: Lesson) -> Path:
    """Where the net that was trained last is kept for `jaxdl predict`."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "jaxdl" / f"{lesson.name}.safetensors"


def keep_trained(done: Done, path: Path, quick: bool) -> None:
    """Keep the trained net for `jaxdl predict`, unless it has a number that is not finite.

    Args:
        done: the run.
        path: where.
        quick: the run was scaled down.

    Raises:
        OSError: it cannot be written there.
    """
    import jax
    import numpy as np

    from jaxdl.train.trained import save_trained

    if not all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(done.params)):
        return
    run = {name: done.document[name] for name in ("lesson", "config", "data", "result")}
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    save_trained(path, done.params, run | {"quick": quick, "when": when})


_compilations: list[tuple[float, float]] = []  # start and end of each, on the clock below


def compile_seconds() -> float:
    """Seconds that JAX has traced, lowered, compiled or loaded programs, since the first call."""
    import jax.monitoring

    from jaxdl.train.executables import LOADED

    if not _compilations:
        _compilations.append((0.0, 0.0))

        def listen(event: str, duration_secs: float, **_: Any) -> None:
            if event.startswith("/jax/core/compile/") or event == LOADED:
                end = time.perf_counter()
                start = end - duration_secs
                while (
                    _compilations[-1][0] >= start
                ):  # a function inside: the outer one's time has it
                    _compilations.pop()
                _compilations.append((start, end))

        jax.monitoring.register_event_duration_secs_listener(listen)
    return sum(end - start for start, end in _compilations)
