"""`jaxdl bench derivatives`: what goes beyond `backward`, in three ways."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl.cli.options import JSON, lesson_names
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.progress import telling
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.course import Lesson

NETS = ("l07", "l09", "l10", "l13")
USUAL = {"examples": 8, "parameters": 64, "unknowns": 64, "steps": 128}
SWEEP = {
    "examples": (1, 4, 16, 64),
    "parameters": (16, 64, 256, 1024),
    "unknowns": (4, 16, 64, 256),
    "steps": (32, 128, 512, 2048),
}
Sizes = Mapping[str, Sequence[int]]


def size_option(name: str, what: str) -> Any:
    """An option that may be given several times: the sizes along one axis."""
    return click.option(
        f"--{name}",
        type=click.IntRange(min=1),
        multiple=True,
        metavar="N",
        help=f"{what}; may be given several times.  [default: {USUAL[name]}]",
    )


@click.command("derivatives", params=[JSON])
@click.argument(
    "names",
    nargs=-1,
    metavar="[LESSON]…",
    shell_complete=lambda ctx, param, incomplete: lesson_names(ctx, param, incomplete),
)
@click.option(
    "--only",
    metavar="NAME",
    multiple=True,
    help="This derivative; may be given several times; an unknown name lists them.",
)
@click.option(
    "--sweep",
    is_flag=True,
    help="Each at several sizes of what its time depends on most: "
    + "; ".join(f"{', '.join(map(str, row))} {name}" for name, row in SWEEP.items())
    + ".",
)
@size_option("examples", "In the batch")
@size_option("parameters", "The net's last N, by which Jacobians and Hessians are taken")
@size_option("unknowns", "Of the fixed point")
@size_option("steps", "Of truncated backpropagation, a multiple of 8")
@click.option(
    "--blocks",
    type=click.IntRange(min=2),
    default=7,
    show_default=True,
    help="Measurements of each way, which take turns.",
)
def command(
    names: Sequence[str],
    only: Sequence[str],
    sweep: bool,
    blocks: int,
    json_path: str | None,
    **given: Sequence[int],
) -> int:
    """Take derivatives beyond backward in three ways, and time them.

    By torch.autograd in loops, by torch.func, and by JAX; in float64, held to be equal to 1e-10
    first. Without LESSON of the nets of lessons 7, 9, 10 and 13, and of two small programs: a fixed
    point, and truncated backpropagation through time.
    """
    import jax

    from jaxdl._environment import processor, versions
    from jaxdl._torch import import_torch
    from jaxdl.bench.derivatives import DERIVATIVES, NotEqual
    from jaxdl.course import find

    check_place(json_path)
    check(names, only, given)
    lessons = [find(name) for name in names or NETS]
    environment = {
        "versions": versions("jax", "jaxlib", "flax", "torch", "numpy"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "torch_threads": import_torch().get_num_threads(),
        "load_at_start": os.getloadavg()[0],
    }
    sizes = {name: given[name] or (SWEEP[name] if sweep else [USUAL[name]]) for name in USUAL}
    records = []
    different = None
    with jax.enable_x64(True), telling() as tell:
        try:
            for record in measured(
                lessons, only or tuple(DERIVATIVES), sizes, given, not names, tell, blocks
            ):
                records.append(record)
        except NotEqual as error:  # what was measured before stays
            different = error
    if json_path != "-" and records:
        console = Console()
        console.print(times(records))
        console.print("", memory(records), sep="\n")
        for line in impossible(records):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    write_json(json_path, {"schema": 1, "environment": environment, "records": records})
    if different:
        click.echo(f"jaxdl: {different}", err=True)
    return 1 if different else 0


def check(names: Sequence[str], only: Sequence[str], given: Sizes) -> None:
    """Refuse what cannot be measured, before anything is."""
    from jaxdl.bench.derivatives import AXES, DERIVATIVES, EVERY

    for name in only:
        if name not in DERIVATIVES:
            there = ", ".join(DERIVATIVES)
            raise InputError(f"no derivative is called {name!r}; there are {there}")
    own = [name for name in only if AXES[name] in ("unknowns", "steps")]
    own += [f"--{name}" for name in ("unknowns", "steps") if given[name]]
    if names and own:
        raise InputError(f"{own[0]} is of a small program of its own; leave {names[0]} out")
    if uneven := [steps for steps in given["steps"] if steps % EVERY]:
        raise InputError(f"--steps must be a multiple of {EVERY}, which {uneven[0]} is not")


def measured(
    lessons: Sequence[Lesson],
    names: Sequence[str],
    sizes: Sizes,
    given: Sizes,
    small: bool,
    tell: Callable[[str], None],
    blocks: int,
) -> Iterator[dict[str, Any]]:
    """The records of each lesson's net at each size, and of the small programs where asked for."""
    from jaxdl.bench.derivatives import AXES
    from jaxdl.bench.derivatives.timed import measure, measure_small
    from jaxdl.course.derivatives import net_of

    usual = {name: (given[name] or [USUAL[name]])[0] for name in USUAL}
    for lesson in lessons:
        for axis in ("examples", "parameters"):
            along = [name for name in names if AXES[name] == axis]
            done = set()
            for size in sizes[axis] if along else ():
                net = net_of(lesson, **{**_of_nets(usual), axis: size})
                if getattr(net, axis) not in done:  # a small net has no more parameters
                    done.add(getattr(net, axis))
                    yield from measure(net, along, tell=tell, blocks=blocks)
    if small:
        asked = {name: sizes[AXES[name]] for name in names if AXES[name] in ("unknowns", "steps")}
        yield from measure_small(asked, tell=tell, blocks=blocks)


def _of_nets(sizes: Mapping[str, int]) -> dict[str, int]:
    return {name: sizes[name] for name in ("examples", "parameters")}


def times(records: Sequence[dict[str, Any]]) -> Table:
    """A row a derivative: the time of a call in each way, the fastest one bold."""
    return _table(
        records,
        lambda record: record["call_s"]["median"],
        lambda seconds: f"{seconds * 1e3:,.2f} ms",
        {"compiles": lambda row: f"{row['jax']['compile_s']:.1f} s"},
    )


def memory(records: Sequence[dict[str, Any]]) -> Table:
    """A row a derivative: the most bytes that a call takes in each way, the fewest bold."""
    return _table(
        records, lambda record: record["memory_bytes"], lambda count: f"{count / 1e3:,.0f} kB", {}
    )


def _table(
    records: Sequence[dict[str, Any]],
    number: Callable[[dict[str, Any]], float],
    shown: Callable[[float], str],
    more: Mapping[str, Callable[[dict[str, Any]], str]],
) -> Table:
    found = Table(box=None, pad_edge=False)
    for title in ("derivative", "of", "size"):
        found.add_column(title)
    for title in ("imperative", "torch.func", "jax", *more):
        found.add_column(title, justify="right")
    for i in range(0, len(records), 3):
        row = {record["way"]: record for record in records[i : i + 3]}
        numbers = {way: number(r) for way, r in row.items() if "impossible" not in r}
        least = min(numbers, key=lambda way: numbers[way])
        cells = {way: shown(numbers[way]) if way in numbers else "impossible" for way in row}
        cells[least] = f"[bold]{cells[least]}[/]"
        first = records[i]
        size = f"{first['size']:,} {first['axis'].replace('parameters', 'params')}"
        told = [tell(row) for tell in more.values()]
        found.add_row(first["derivative"], first["net"], size, *cells.values(), *told)
    return found


def impossible(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What a framework said where a derivative could not be taken, each answer once."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for record in records:
        if "impossible" in record:
            answer = (record["way"], record["net"], record["impossible"])
            said.setdefault(answer, []).append(record["derivative"])
    for (way, net, words), names in said.items():
        yield f"{way}, {net} {', '.join(dict.fromkeys(names))}: {words}"
