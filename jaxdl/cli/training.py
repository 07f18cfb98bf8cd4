"""A lesson trained as the command line does it: timed, checkpointed, kept for `jaxdl predict`."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from jaxdl import lessons
from jaxdl.cli.progress import Reporter


@dataclass(frozen=True)
class Start:
    """How a run begins, beside its Config: what the flags of the same names say."""

    like_torch: bool = False
    precision: str = "float32"
    checkpoint: str | None = None
    resume: bool = False


@dataclass(frozen=True)
class Done:
    """A finished run: what `train` returned, and its JSON document."""

    lesson: lessons.Lesson
    config: Any
    data: Any
    params: Any
    history: dict[str, Any]
    document: dict[str, Any]
    start: Start

    @property
    def steps_per_second(self) -> float:
        """Training steps a second of this process, compilation not counted."""
        taken = self.document["steps"] - self.document.get("resumed_step", 0)
        return taken / max(self.document["seconds"]["train"], 1e-9)


def train(lesson: lessons.Lesson, config: Any, start: Start = Start()) -> Done:
    """Run a lesson's functional program as the command line does.

    Raises:
        InputError: its data are not there or not sound, or its checkpoints cannot be used.
    """
    started = time.perf_counter()
    import jax

    from jaxdl import history as histories
    from jaxdl.parity import records

    use_compilation_cache()
    program = lesson.functional
    with jax.enable_x64(start.precision == "float64"), ExitStack() as stack:
        data, params, order = records.started(lesson, config, start.precision, start.like_torch)
        extra: dict[str, Any] = {"order": order} if lesson.shuffles else {}
        if lesson.resumable:
            test = program.test_examples(config)
            extra["test"] = records.floating_as(test, start.precision)
            if start.checkpoint:
                extra["checkpoints"] = stack.enter_context(checkpoints(lesson, config, start))
        ready, compiled = time.perf_counter(), compile_seconds()
        with Reporter(getattr(config, lesson.length)) as report:
            params, history = program.train(config, data, params, report=report, **extra)
            jax.block_until_ready((params, history))
        compiled = compile_seconds() - compiled
        trained = time.perf_counter() - ready
        with jax.numpy_dtype_promotion("standard"):  # it may load float32 images of its own
            result = program.result(config, params, history, data)
        document = histories.document(
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
        if start.resume:
            document["resumed_step"] = extra["checkpoints"].resumed_step
    done = Done(lesson, config, data, params, history, document, start)
    if lesson.predicts and document["steps"]:
        keep_trained(done)
    return done


def checkpoints(lesson: lessons.Lesson, config: Any, start: Start) -> Any:
    """The directory of --checkpoint, opened; what is passed over is told on standard error."""
    from jaxdl.train import Checkpoints

    assert start.checkpoint
    return Checkpoints(
        start.checkpoint,
        run={
            "lesson": lesson.name,
            "config": asdict(config),
            "like_torch": start.like_torch,
            "precision": start.precision,
        },
        resume=start.resume,
        report=lambda line: click.echo(f"jaxdl: {line}", err=True),
    )


def trained_path(lesson: lessons.Lesson) -> Path:
    """Where the net that was trained last is kept for `jaxdl predict`."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "jaxdl" / f"{lesson.name}.safetensors"


def keep_trained(done: Done) -> None:
    """Keep the trained net for `jaxdl predict`, unless one of its numbers is none any more.

    A home that cannot be written to is no error.
    """
    import jax
    import numpy as np

    from jaxdl.train.trained import save_trained

    if not all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(done.params)):
        return
    run = {name: done.document[name] for name in ("lesson", "config", "result")}
    with suppress(OSError):
        save_trained(trained_path(done.lesson), done.params, run)


def use_compilation_cache() -> None:
    """Keep what XLA compiles in the user's cache folder, so that a second run starts at once."""
    import jax

    if jax.config.values["jax_compilation_cache_dir"] is None:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = root / "jaxdl" / "xla"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:  # a home that cannot be written to: compile anew every time
            return
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


_compilations: list[tuple[float, float]] = []  # start and end of each, on the clock below


def compile_seconds() -> float:
    """Seconds that JAX has traced, lowered and compiled in this process since the first call."""
    import jax.monitoring

    if not _compilations:
        _compilations.append((0.0, 0.0))

        def listen(event: str, duration_secs: float, **_: Any) -> None:
            if event.startswith("/jax/core/compile/"):
                end = time.perf_counter()
                start = end - duration_secs
                while (
                    _compilations[-1][0] >= start
                ):  # a function inside: the outer one's time has it
                    _compilations.pop()
                _compilations.append((start, end))

        jax.monitoring.register_event_duration_secs_listener(listen)
    return sum(end - start for start, end in _compilations)
