"""`jaxdl run l04` trains one lesson; `jaxdl run all` the whole course."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl import lessons
from jaxdl.cli.options import JSON, PerLesson, config_from, config_options
from jaxdl.cli.output import check_folder, in_one_move, write_json
from jaxdl.cli.progress import Reporter
from jaxdl.errors import InputError

QUICK = click.Option(["--quick"], is_flag=True, help="A scaled-down run.")
LIKE_TORCH = click.Option(
    ["--like-torch"],
    is_flag=True,
    help="Start and shuffle as a PyTorch script does that calls torch.manual_seed(seed).",
)
PLOT = click.Option(["--plot"], metavar="PATH", help="Save the lesson's figure (png, svg or pdf).")


def one(lesson: lessons.Lesson) -> click.Command:
    """`jaxdl run l04`, with the lesson's own flags."""

    def callback(
        like_torch: bool, quick: bool, plot: str | None, json_path: str | None, **flags: Any
    ) -> int:
        check_figure(plot)
        check_folder(json_path)
        done = train(lesson, config_from(lesson, flags, quick=quick), like_torch=like_torch)
        write_json(json_path, done.document)
        if plot:
            save_figure(plot, done)
        if json_path != "-":
            tell(done)
        return claim(done)

    params: list[click.Parameter] = [*config_options(lesson), LIKE_TORCH, QUICK, PLOT, JSON]
    return click.Command(
        lesson.name, callback=callback, params=params, help=f"Train {lesson.title!r}."
    )


@dataclass(frozen=True)
class Done:
    """A finished run: what `train` returned, and its JSON document."""

    lesson: lessons.Lesson
    config: Any
    data: Any
    params: Any
    history: dict[str, Any]
    document: dict[str, Any]

    @property
    def steps_per_second(self) -> float:
        """Training steps a second, compilation not counted."""
        return self.document["steps"] / max(self.document["seconds"]["train"], 1e-9)


def train(lesson: lessons.Lesson, config: Any, *, like_torch: bool = False) -> Done:
    """Run a lesson's functional program as the command line does.

    Raises:
        InputError: its data are not there or not sound.
    """
    started = time.perf_counter()
    import jax

    from jaxdl import history as histories
    from jaxdl.parity import records

    use_compilation_cache()
    program = lesson.functional
    data = program.examples(config)
    extra = {}
    if like_torch:
        extra["params"], order = records.like_torch(lesson, config, data)
        extra |= {"order": order} if lesson.shuffles else {}
    ready, compiled = time.perf_counter(), compile_seconds()
    with Reporter(getattr(config, lesson.length)) as report:
        params, history = program.train(config, data, report=report, **extra)
        jax.block_until_ready((params, history))
    compiled = compile_seconds() - compiled
    trained = time.perf_counter() - ready
    document = histories.document(
        lesson,
        config,
        data=getattr(config, "data", "lesson"),
        history=history,
        result=program.result(config, params, history, data),
        seconds={
            "setup": ready - started,
            "compile": compiled,
            "train": max(trained - compiled, 0.0),
        },
    )
    return Done(lesson, config, data, params, history, document)


def tell(done: Done) -> None:
    """The run in a few lines."""
    lesson, document = done.lesson, done.document
    print(f"{lesson.name} {lesson.title} ({lesson.title_zh}), data: {document['data']}")
    if hint := real_data_hint(lesson, document["data"]):
        print(hint)
    if losses := document["history"]["epoch_loss"]:
        print(f"loss {number(losses[0])} -> {number(losses[-1])} in {document['steps']} steps")
    for name, value in document["result"].items():
        print(f"{name} = {number(value)}")
    seconds = document["seconds"]
    print(
        f"{seconds['train']:.2f} s ({done.steps_per_second:,.0f} steps/s), "
        f"compilation {seconds['compile']:.2f} s, setup {seconds['setup']:.2f} s"
    )


def real_data_hint(lesson: lessons.Lesson, used: str) -> str:
    """One line on how to get a real data set, where the run used an embedded one."""
    from jaxdl import data

    others = [name for name in lesson.datasets if name != used and data.state(name) != "embedded"]
    if not others or used not in lesson.datasets or data.state(used) != "embedded":
        return ""
    return f"--data {others[0]} trains on the real set: {data.state(others[0])}"


def claim(done: Done) -> int:
    """0, or 1 after saying at which step the loss stopped being a number."""
    losses = done.document["history"]["loss"]
    if None not in losses:
        return 0
    click.echo(
        f"jaxdl: the loss of step {losses.index(None)} is not finite; try a smaller learning rate",
        err=True,
    )
    return 1


def check_figure(path: str | None) -> None:
    """Fail before the run, not after it.

    Raises:
        InputError: no folder, or a kind of file that Matplotlib cannot write.
    """
    check_folder(path)
    if path:
        from matplotlib.backend_bases import FigureCanvasBase

        if Path(path).suffix.lstrip(".") not in FigureCanvasBase.get_supported_filetypes():
            raise InputError(f"{path}: cannot draw into this kind of file; use .png, .svg or .pdf")


def save_figure(path: str, done: Done) -> None:
    """Draw the lesson's figure into a file, whole or not at all."""
    figure = done.lesson.functional.figures(done.config, done.params, done.history, done.data)
    in_one_move(path, figure.savefig)


def number(value: Any) -> str:
    """A number, or a short list of them, with the digits that float32 has."""
    if value is None:
        return "not finite"
    if isinstance(value, list):
        return "[" + ", ".join(number(item) for item in value) + "]"
    return f"{value:.9g}" if isinstance(value, float) else str(value)


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


@click.command("all", params=[QUICK, JSON])
def everything(quick: bool, json_path: str | None = None) -> int:
    """Run every lesson on embedded data and compare it with PyTorch's values: one table."""
    from jaxdl.parity.agreement import compare_lesson
    from jaxdl.parity.golden import PRECISIONS

    check_folder(json_path)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    agreement = "agrees with PyTorch\n" + " / ".join(PRECISIONS)
    for name in ("lesson", "title", "result", agreement, "steps/s"):
        table.add_column(name, no_wrap=True, justify="right" if name == "steps/s" else "left")
    console, documents, code = Console(), [], 0
    for lesson in lessons.lessons():
        with console.status(f"{lesson.name} {lesson.title}"):
            done = train(lesson, lesson.config(**(lesson.quick if quick else {})))
            found = {name: compare_lesson(lesson, precision=name).values() for name in PRECISIONS}
        agree = {name: all(variant.agree for variant in found[name]) for name in PRECISIONS}
        worst = {
            name: max(max(variant.worst.values()) for variant in found[name]) for name in PRECISIONS
        }
        name, value = next(iter(done.document["result"].items()))
        table.add_row(
            lesson.name,
            lesson.title,
            f"{name} {brief(value)}",
            ("to " if all(agree.values()) else "NO: ")
            + " / ".join(map(brief_error, worst.values())),
            f"{done.steps_per_second:,.0f}",
        )
        documents.append(done.document | {"agree": agree, "worst_error": worst})
        code = max(code, claim(done), 0 if all(agree.values()) else 1)
    write_json(json_path, {"schema": 1, "lessons": documents})
    if json_path != "-":
        console.print(table)
    return code


def brief_error(error: float) -> str:
    """The largest difference from PyTorch, relative."""
    return f"{error:.0e}" if error else "the bit"


def brief(value: Any) -> str:
    """A number with the digits that a table has room for."""
    if value is None:
        return "not finite"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


command = PerLesson("run", build=one, help="Train a lesson, or `all` of them.")
command.add_command(everything)
