"""`jaxdl bench l10`: how fast the two programs of a lesson are, and each in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl._files import is_written_through
from jaxdl._torch import has_torch
from jaxdl.cli import functions
from jaxdl.cli.derivatives import command as derivatives
from jaxdl.cli.options import BLOCK_SECONDS, DTYPE, PROFILE, THREADS, lesson_names
from jaxdl.cli.output import PLACE, check_place, check_traces, tell_traces, write_json
from jaxdl.cli.progress import telling
from jaxdl.course import find, lessons
from jaxdl.errors import InputError

WIDTH = 120  # no table is wider


class Bench(click.Command):
    """`jaxdl bench LESSON…`, `FILE.py`, `report` and `derivatives`."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **kw: Any) -> Any:
        """The context of the one that is asked for."""
        files = [word for word in args if word.endswith(".py")]
        for other in (report, derivatives, *map(functions.command, files[:1])):
            if other.name in (*args[:1], *files):
                args = list(args)
                args.remove(other.name)
                return other.make_context(f"{info_name} {other.name}", args, *rest, **kw)
        return super().make_context(info_name, args, *rest, **kw)


@click.command(
    "bench",
    cls=Bench,
    short_help="Time the training steps of lessons, or functions of yours.",
    epilog="`jaxdl bench yours.py` measures functions of a file of yours (see its --help); "
    "`jaxdl bench report` makes a table and figures of what was measured; "
    "`jaxdl bench derivatives` measures what goes beyond backward.",
    params=[THREADS, DTYPE, BLOCK_SECONDS, PROFILE],
)
@click.argument(
    "names",
    nargs=-1,
    required=True,
    metavar="LESSON[:NET]… | all | FILE.py",
    shell_complete=lambda ctx, param, incomplete: [
        *lesson_names(ctx, param, incomplete),
        *(word for word in ("all", "report", "derivatives") if word.startswith(incomplete)),
    ],
)
@click.option("--arms", metavar="A,B", help="Only these, in this order; the others agree with A.")
@click.option(
    "--blocks",
    type=click.IntRange(min=2),
    default=15,
    show_default=True,
    help="Measurements of each arm; with --whole runs of each program (then 5).",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field of the lesson's Config.",
)
@click.option(
    "--sweep", metavar="FIELD=A,B,C", help="Measure every net once with each of these values."
)
@click.option("--whole", is_flag=True, help="Time whole runs, compilation included, not steps.")
@click.option(
    "--json",
    "json_path",
    type=PLACE,
    metavar="PATH",
    help="Write the records as JSON; - is standard output.",
)
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    arms: str | None,
    threads: int | None,
    dtype: str,
    blocks: int,
    block_seconds: float,
    settings: tuple[str, ...],
    sweep: str | None,
    whole: bool,
    profile: str | None,
    json_path: str | None,
) -> int:
    """Time the training steps of lessons: PyTorch and JAX, each in several ways.

    All ways (arms) take the same steps with the same numbers; that is checked first. Each runs in
    a process of its own; they take turns, a block of steps each, so that whatever else the machine
    does meets them alike. torch-eager and torch-compile are the imperative program; jax-eager,
    jax-jit and jax-scan the functional one: as it is, a compiled step a call, many steps a call.
    jax-sharded shares each batch of a scan out among the cores, as a device each.
    jax-flax and jax-flax-scan are jax-jit and jax-scan with XLA's own convolutions and loops.
    torch-graph, where it is named, is loss and backward as CUDA graphs, on a GPU.
    """
    from jaxdl.bench import record, runner

    if whole and ctx.get_parameter_source("blocks") == click.core.ParameterSource.DEFAULT:
        blocks = 5
    kept = json_path is not None
    check_place(json_path)
    if whole and profile:
        raise InputError("--profile looks at steps; jaxdl run --profile at a whole run")
    check_traces(profile)
    least = record.FEWEST["train_s" if whole else "step_s"]
    if kept and blocks < least:
        raise InputError(f"--json keeps results of at least {least} --blocks, not {blocks}")
    threads = functions.count(threads)
    made = record.origin(command_line(ctx)) if kept else {}
    at_end = json_path is not None and (json_path == "-" or is_written_through(json_path))
    chosen = list(selected(names, settings, sweep))
    wanted = [arm_names(case, arms, quiet=json_path == "-") for case in chosen]
    setting = runner.Setting(dtype, threads, blocks, block_seconds)
    found: list[dict[str, Any]] = []
    with telling() as tell:
        functions.tell_if_busy(tell)
        for case, arms_of_case in zip(chosen, wanted, strict=True):
            try:
                if whole:
                    from jaxdl.bench.whole import measure

                    records = measure(case, setting, blocks, made, tell)
                else:
                    traces = Path(profile) if profile else None
                    timed = runner.measure(case, arms_of_case, setting, tell, traces)
                    records = record.records(case, setting, timed, made)
            except runner.ArmFailed as error:
                click.echo(f"jaxdl: {error}", err=True)
                return 1
            if kept:
                records = [record.check(each, case.title) for each in records]
            found += records
            if json_path != "-":
                show((whole_rows if whole else rows)(case.title, records))
            if not at_end:
                write_json(json_path, found)  # what there is is kept
    if at_end:
        write_json(json_path, found)
    tell_traces(profile)
    return claim(found)


def command_line(ctx: click.Context) -> str:
    """The command as it was typed, without where its result went."""
    words = ["jaxdl", "bench", *ctx.params["names"]]
    for parameter in ctx.command.params:
        name = parameter.name or ""
        typed = ctx.get_parameter_source(name) == click.core.ParameterSource.COMMANDLINE
        if typed and name not in ("names", "json_path"):
            value = ctx.params[name]
            for each in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0]] + ([] if each is True else [str(each)])
    return " ".join(words)


def selected(names: Sequence[str], settings: Sequence[str], sweep: str | None) -> Iterator[Any]:
    """The cases that the command line asks for.

    Raises:
        InputError: no such lesson, net or field, or a value that a field cannot have.
    """
    from jaxdl.course import bench

    if names == ("all",):
        pairs = [(lesson, "") for lesson in lessons() if lesson.bar is not None]
    else:
        pairs = [(find(name.partition(":")[0]), name.partition(":")[2]) for name in names]
    fixed = [split(text) for text in settings]
    field, values = split(sweep) if sweep else ("", "")
    for lesson, net in pairs:
        given = {name: bench.field_value(lesson, name, value) for name, value in fixed}
        for value in values.split(",") if field else [""]:
            own = {field: bench.field_value(lesson, field, value)} if field else {}
            yield from bench.cases(lesson, net, **given | own)


def split(text: str) -> tuple[str, str]:
    """ "hidden=64" as two."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InputError(f"{text!r} is not FIELD=VALUE, such as batch_size=64")
    return name.replace("-", "_"), value


def arm_names(case: Any, asked: str | None, quiet: bool) -> list[str]:
    """The arms to measure, of those that make sense for the lesson.

    Raises:
        InputError: no such arm, or it needs PyTorch, which is not there.
    """
    from jaxdl.bench.arms import ARMS, ASKED_FOR, TORCH, fitting

    known = fitting(case)
    torch = has_torch()
    if asked is None:
        if not torch and not quiet:
            print("PyTorch is not installed: its arms are left out; pip install torch", flush=True)
        usual = [name for name in known if name not in ASKED_FOR]
        return [name for name in usual if torch or name not in TORCH]
    names = asked.split(",")
    for name in names:
        if name not in ARMS:
            near = get_close_matches(name, ARMS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(ARMS)}"
            raise InputError(f"no arm is called {name!r}; {hint}")
        if name in TORCH and not torch:
            raise InputError(f"{name} needs PyTorch, which is not installed; pip install torch")
    if len(set(names)) < len(names):
        raise InputError(f"--arms {asked} names an arm twice")
    names = [name for name in names if name in known]
    if not names:
        raise InputError(f"{case.title} has none of these arms; it has {', '.join(known)}")
    return names


def show(table: Table) -> None:
    """Print a table, on lines as long as it needs."""
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
    console.print()


def rows(title: str, records: Sequence[dict[str, Any]]) -> Table:
    """The arms of a case, side by side."""
    from jaxdl.bench.report import duration, spread

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    heads = ("arm", "compile", "1st step", "a step", "examples/s", "MB", "faster", "agrees")
    for name in heads:
        justify = "left" if name in ("arm", "agrees") else "right"
        table.add_column(name, no_wrap=True, justify=justify, header_style="bold")
    base = records[0]["step_s"]["median"]
    for each in records:
        table.add_row(
            each["arm"],
            duration(each["compile_s"]),
            duration(each["first_step_s"]),
            spread(each["step_s"]),
            f"{each['examples_per_s']:,.0f}",
            f"{each['peak_memory_bytes'] / 1e6:,.0f}",
            f"{base / each['step_s']['median']:.2f}" if each["agrees"] else "",
            ("to " if each["agrees"] else "NO: ") + f"{each['loss_error']:.0e}",
        )
    table.caption = note(records)
    table.caption_justify = "left"
    return table


def note(records: Sequence[dict[str, Any]]) -> str:
    """When the best compiled arm has paid for its compilation; the mode of torch.compile."""
    from jaxdl.bench.report import best, paid

    arms = {each["arm"]: each for each in records}
    lines = [f"{each['arm']}: mode {each['mode']}" for each in records if each["mode"]]
    ours = best(arms, ("jax-jit", "jax-scan"))
    words = [
        f"{paid(ours, arms[name])} against {name}"
        for name in ("torch-eager", "jax-eager")
        if ours and name in arms
    ]
    if ours and words:
        lines.append(f"{ours['arm']} has paid for its compilation: {', '.join(words)}")
    return "\n".join(lines)


def whole_rows(title: str, records: Sequence[dict[str, Any]]) -> Table:
    """The two programs of a case, side by side."""
    from jaxdl.bench.report import spread

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("program", "epochs", "train", "whole process", "again", "agrees"):
        table.add_column(name, no_wrap=True, header_style="bold")
    for each in records:
        agrees = f"to {each['loss_error']:.0e}"
        table.add_row(
            f"{each['arm']}, {devices} devices"
            if (devices := each["devices"]) > 1
            else each["arm"],
            str(each["epochs"]),
            spread(each["train_s"]),
            spread(each["process_s"]),
            spread(each["second_process_s"]) if "second_process_s" in each else "",
            agrees if each["agrees"] else agrees.replace("to", "NO:"),
        )
    return table


def claim(records: Sequence[dict[str, Any]]) -> int:
    """0, or 1 after saying which arms did not compute the same."""
    for each in records:
        if not each["agrees"]:
            click.echo(
                f"jaxdl: {each['variant']['title']}: {each['arm']} disagrees with "
                f"{each['against']}, by {each['loss_error']:.1e} of the loss",
                err=True,
            )
    return 0 if all(each["agrees"] for each in records) else 1


@click.command("report")
@click.argument("folder", default="benchmarks/results/bench", type=PLACE)
@click.option("--to", type=PLACE, metavar="DIR", help="Where to; default: the same folder.")
def report(folder: str, to: str | None) -> int:
    """Make report.md and figures of the JSON files in FOLDER (benchmarks/results/bench)."""
    from jaxdl.bench import record
    from jaxdl.bench import report as reports

    records = record.read(Path(folder))
    bars = {lesson.name: lesson.bar for lesson in lessons() if lesson.bar is not None}
    paths = reports.write(records, Path(to or folder), bars)
    print(*paths, "", paths[0].read_text("utf-8"), sep="\n", end="")
    return 0
