"""`jaxdl run l04` trains one lesson; `jaxdl run all` the whole course."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl import plots
from jaxdl._environment import usable_cores
from jaxdl.cli.options import JSON, PLATFORM, PROFILE, PerLesson, config_from, config_options
from jaxdl.cli.output import (
    PLACE,
    check_figure,
    check_place,
    check_traces,
    say,
    tell_traces,
    write_json,
    writing,
)
from jaxdl.cli.progress import Reporter
from jaxdl.course import Lesson, find, lessons
from jaxdl.course.cache import use_compilation_cache
from jaxdl.course.device import shares_of, use_devices
from jaxdl.course.run import Done, Kept, run, trained_path
from jaxdl.course.start import Start
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.train import Log

QUICK = click.Option(["--quick"], is_flag=True, help="A scaled-down run.")
LIKE_TORCH = click.Option(
    ["--like-torch"],
    is_flag=True,
    help="Start and shuffle as a PyTorch script does that calls torch.manual_seed(seed).",
)
SCRIPTS = ("train", "train-test")
TORCH_MASKS = click.Option(
    ["--torch-masks"],
    type=click.Choice(["words", "mkl"]),
    show_default="words",
    help="How the PyTorch of --like-torch draws what a dropout keeps: mkl up to version 2.6 on an "
    "Intel processor, words on all others, and since then everywhere.",
)
PLOT = click.Option(
    ["--plot"], type=PLACE, metavar="PATH", help="Save the lesson's figure (png, svg or pdf)."
)


PRECISION = click.Option(
    ["--precision"],
    type=click.Choice(["float32", "float64"]),
    default="float32",
    show_default=True,
    help="Of data, parameters and all that is computed.",
)
CHECKPOINT = click.Option(
    ["--checkpoint"],
    type=PLACE,
    metavar="DIR",
    help="Save the run there after every epoch and at Ctrl-C; the newest three are kept.",
)
RESUME = click.Option(["--resume"], is_flag=True, help="Go on from the newest checkpoint in DIR.")
LOG = click.Option(
    ["--log"],
    type=PLACE,
    metavar="DIR",
    help="Write every loss and accuracy there as they come: CSV, and events for TensorBoard.",
)
SHARED_BY = click.Option(
    ["--devices"],
    type=click.IntRange(min=1),
    metavar="N",
    help="Share each batch out among N of the CPU's cores, each a device to JAX; 1: one device has "
    "all cores. Default: what is faster.",
)
KEEP = click.Option(
    ["--keep"],
    type=PLACE,
    metavar="PATH",
    help="Keep the net here, for jaxdl predict --net PATH, and not in its usual place.",
)
KEEP_IT = "; with --keep PATH it is, and jaxdl predict --net PATH uses it"


def one(lesson: Lesson) -> click.Command:
    """`jaxdl run l04`, with the lesson's own flags."""

    def callback(
        like_torch: bool,
        quick: bool,
        precision: str,
        plot: str | None,
        json_path: str | None,
        log: str | None,
        profile: str | None,
        platform: str | None,
        devices: int | None = None,
        checkpoint: str | None = None,
        resume: bool = False,
        torch_script: str | None = None,
        torch_masks: str | None = None,
        keep: str | None = None,
        **flags: Any,
    ) -> int:
        check_figure(plot)
        check_place(json_path)
        check_place(keep)
        check_traces(profile)
        if resume and not checkpoint:
            raise InputError("--resume needs --checkpoint DIR, the directory to go on from")
        config = config_from(lesson, flags, quick=quick)
        devices = use_devices(lesson, config, platform, devices)
        kept = Kept(checkpoint, resume) if checkpoint else None
        start = start_of(lesson, like_torch, precision, torch_script, torch_masks)
        written = open_log(log, resume)
        done = run(
            lesson,
            config,
            start,
            kept,
            reporter=partial(reporting, log=written),
            tell=lambda line: click.echo(f"jaxdl: {line}", err=True),
            keep=keep,
            quick=quick,
            profile=profile,
            devices=devices,
        )
        if json_path != "-":
            tell(done)
        tell_traces(profile)
        code = claim(done)
        if done.unkept:
            where = keep or trained_path(lesson)
            click.echo(
                f"jaxdl: the net is not kept: {where}: {done.unkept}{'' if keep else KEEP_IT}",
                err=True,
            )
            code = max(code, 2 if keep else 0)
        if written and written.failed:
            click.echo(f"jaxdl: {written.failed}", err=True)
            code = 2
        return max(code, write(done, json_path, plot))

    params: list[click.Parameter] = [*config_options(lesson), LIKE_TORCH]
    params += [torch_script_option(lesson)] if lesson.shuffles else []
    params += [TORCH_MASKS] if lesson.dropouts else []
    params += [PRECISION]
    params += [CHECKPOINT, RESUME] if lesson.resumable else []
    params += [KEEP] if lesson.predicts else []
    params += [PLATFORM]
    params += [SHARED_BY] if lesson.shares else []
    params += [QUICK, LOG, PROFILE, PLOT, JSON]
    return click.Command(
        lesson.name, callback=callback, params=params, help=f"Train {lesson.title!r}."
    )


def open_log(directory: str | None, resume: bool) -> Log | None:
    """The log of a run; None where none is asked for.

    Raises:
        InputError: nothing can be written there, or another run's log is there.
    """
    if directory is None:
        return None
    from jaxdl.train import Log

    log = Log(directory, resume=resume)
    if not find_spec("tensorboard"):
        click.echo(
            "jaxdl: tensorboard is not installed: tables alone are written, no events for it; "
            "pip install tensorboard",
            err=True,
        )
    return log


@contextmanager
def reporting(epochs: int, log: Log | None) -> Iterator[Callable[..., None]]:
    """A report that tells how far the run is, and writes it down where there is a log."""
    with Reporter(epochs) as progress, log or nullcontext():

        def report(epoch: int, losses: Any, count: int | None = None, **measured: float) -> None:
            progress(epoch, losses, count, **measured)
            if log:
                log(epoch, losses, count, **measured)

        yield report


def torch_script_option(lesson: Lesson) -> click.Option:
    """`--torch-script`, whose default is what the lesson's own PyTorch script does."""
    return click.Option(
        ["--torch-script"],
        type=click.Choice(SCRIPTS),
        show_default=f"{SCRIPTS[lesson.tests_each_epoch]}, as the lesson's own",
        help="What the script of --like-torch does in each epoch. A DataLoader of the test set "
        "draws a seed even if it does not shuffle, so the next epoch's order depends on it.",
    )


def start_of(
    lesson: Lesson,
    like_torch: bool,
    precision: str,
    torch_script: str | None = None,
    torch_masks: Any = None,
) -> Start:
    """How the run begins.

    Raises:
        InputError: `torch_script` or `torch_masks` without `like_torch`.
    """
    if torch_masks and not like_torch:
        raise InputError("--torch-masks needs --like-torch: it says which PyTorch is followed")
    if torch_script and not like_torch:
        raise InputError("--torch-script needs --like-torch: it says which script is followed")
    script = torch_script or SCRIPTS[lesson.tests_each_epoch]
    tests_each_epoch = like_torch and script == "train-test"
    return Start(like_torch, precision, tests_each_epoch, torch_masks or "words")


def write(done: Done, json_path: str | None, plot: str | None) -> int:
    """Write document and figure; 2 after saying which of them could not be written."""
    code = 0
    for write_one in (
        partial(write_json, json_path, done.document),
        partial(save_figure, plot, done),
    ):
        try:
            write_one()
        except InputError as error:
            click.echo(f"jaxdl: {error}", err=True)
            code = 2
    return code


def tell(done: Done) -> None:
    """The run in a few lines."""
    lesson, document = done.lesson, done.document
    say(f"{lesson.name} {lesson.title} ({lesson.title_zh}), data: {document['data']}")
    if hint := real_data_hint(lesson, document["data"]):
        say(hint)
    if losses := document["history"]["epoch_loss"]:
        say(f"loss {number(losses[0])} -> {number(losses[-1])} in {document['steps']} steps")
    if "resumed_step" in document:
        say(f"resumed at step {document['resumed_step']}")
    for name, value in document["result"].items():
        say(f"{name} = {number(value)}")
    if line := way(done):
        say(line)
    seconds, device = document["seconds"], document["environment"]["device"]
    say(
        f"{seconds['train']:.2f} s on {device} ({done.steps_per_second:,.0f} steps/s), "
        f"compilation {seconds['compile']:.2f} s, setup {seconds['setup']:.2f} s"
    )


def way(done: Done) -> str:
    """One line on which way was taken, and how to take the other, where there are two."""
    if done.devices and done.devices > 1:
        return f"{done.devices} cores share each batch; --devices 1 has one device take it"
    most = shares_of(len(usable_cores()), done.lesson.batch_size(done.config) or 1)
    if not done.devices or most == 1 or done.document["environment"]["backend"] != "cpu":
        return ""
    return f"one device takes each batch; --devices {most} shares it out among so many cores"


def real_data_hint(lesson: Lesson, used: str) -> str:
    """One line on how to get a real data set, where the run used an embedded one."""
    from jaxdl import data

    others = [name for name in lesson.datasets if name != used and data.state(name) != "embedded"]
    if not others or used not in lesson.datasets or data.state(used) != "embedded":
        return ""
    name = others[0]
    how = "it is here" if data.state(name) == "ready" else f"jaxdl data prepare {name} fetches it"
    return f"--data {name} trains on the real set; {how}"


def claim(done: Done) -> int:
    """0, or 1 after saying at which step the loss stopped being a number."""
    losses = done.document["history"]["loss"]
    if None not in losses:
        return 0
    saved = f"; the last good checkpoint is in {done.kept.directory}" if done.kept else ""
    click.echo(
        f"jaxdl: the loss of step {losses.index(None)} is not finite"
        f"{saved}; try a smaller learning rate",
        err=True,
    )
    return 1


def save_figure(path: str | None, done: Done) -> None:
    """Draw the lesson's figure into a file, whole or not at all; None draws nothing.

    Raises:
        InputError: the file cannot be written.
    """
    if path:
        with writing(path) as part, plots.style():
            done.figure.savefig(part)


def number(value: Any) -> str:
    """A number, or a short list of them, with the digits that float32 has."""
    if value is None:
        return "not finite"
    if isinstance(value, list):
        return "[" + ", ".join(number(item) for item in value) + "]"
    return f"{value:.9g}" if isinstance(value, float) else str(value)


@click.command("all", params=[QUICK, JSON], short_help="Run and compare them all: one table.")
def everything(quick: bool, json_path: str | None = None) -> int:
    """Run every lesson on embedded data and compare it with PyTorch's values: one table.

    Every run starts and shuffles as its PyTorch twin does. Each core has a lesson at a time, so
    that the last column is the steps of one core. With --quick each lesson's first variant alone is
    compared, and in float32 alone; jaxdl compare l04 compares all of one lesson.
    """
    check_place(json_path)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    agreement = "agrees with PyTorch\n" + " / ".join(precisions(quick))
    for name in ("lesson", "title", "result", agreement, "steps/s"):
        table.add_column(name, no_wrap=True, justify="right" if name == "steps/s" else "left")
    console, found = Console(), []
    # The last lessons take longest: they come first, so that no core is left with one at the end.
    names = [lesson.name for lesson in lessons()][::-1]
    try:
        with console.status("") as status, cores() as pool:
            for each in pool.map(partial(checked, quick=quick), names):
                found.insert(0, each)
                status.update(f"{len(found)} of {len(names)} lessons done")
    except BrokenProcessPool:
        raise InputError(
            f"a process was killed, perhaps for want of memory, after {len(found)} of "
            f"{len(names)} lessons; jaxdl run l01 runs a single one"
        ) from None
    rows, documents, codes = zip(*found, strict=True)
    if json_path != "-":
        for row in rows:
            table.add_row(*row)
        console.print(table)
    write_json(json_path, {"schema": 1, "lessons": documents})
    return max(codes)


def cores() -> Executor:
    """A process for each core that this one may use, at most 8, and each with a core of its own.

    Most of a short run is compilation, which keeps to one core; two processes that both want all
    cores wait for each other.
    """
    if not hasattr(os, "sched_setaffinity"):
        return ProcessPoolExecutor(1, get_context("spawn"), end_at_ctrl_c)
    context, own = get_context("spawn"), sorted(os.sched_getaffinity(0))[:8]
    free = context.SimpleQueue()
    for core in own:
        free.put((core, core != own[0]))
    return ProcessPoolExecutor(len(own), context, keep_to_one_core, (free,))


def keep_to_one_core(free: Any) -> None:
    """Take the next core; before JAX counts them. One process tells of the cache, not each."""
    end_at_ctrl_c()
    core, quiet = free.get()
    os.sched_setaffinity(0, [core])
    use_compilation_cache(quiet)


def end_at_ctrl_c() -> None:
    """At once: otherwise the lesson is over before the command is."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def checked(name: str, quick: bool) -> tuple[tuple[str, ...], dict[str, Any], int]:
    """Run one lesson and compare it: its row of the table, its JSON document, its exit code."""
    from jaxdl.course.compare_lesson import compare_lesson

    lesson = find(name)
    config = lesson.config(**(lesson.quick if quick else {}))
    done = run(lesson, config, start_of(lesson, True, "float32"), reporter=Reporter)
    chosen = replace(lesson.config(), **first_variant(lesson)) if quick else None
    found = {
        name: compare_lesson(lesson, chosen, precision=name).values() for name in precisions(quick)
    }
    agree = {name: all(variant.agree for variant in variants) for name, variants in found.items()}
    worst = {
        name: max(max(variant.asked.values()) for variant in variants)
        for name, variants in found.items()
    }
    result, value = next(iter(done.document["result"].items()))
    errors = " / ".join(map(brief_error, worst.values())) if any(worst.values()) else "the bit"
    row = (
        lesson.name,
        lesson.title,
        f"{result} {brief(value)}",
        f"{'to' if all(agree.values()) else 'NO:'} {errors}",
        f"{done.steps_per_second:,.0f}",
    )
    document = done.document | {"agree": agree, "worst_error": worst}
    return row, document, max(claim(done), 0 if all(agree.values()) else 1)


def precisions(quick: bool) -> tuple[str, ...]:
    """In which the lessons are compared: --quick, in that of the runs."""
    from jaxdl.course.golden import PRECISIONS

    return PRECISIONS[:1] if quick else PRECISIONS


def first_variant(lesson: Lesson) -> Mapping[str, Any]:
    """What the first of the variants changes that `compare` checks."""
    return next(iter(lesson.variants.values()))


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
