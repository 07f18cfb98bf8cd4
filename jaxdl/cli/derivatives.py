"""`jaxdl bench derivatives`: what goes beyond `backward`, in three ways."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl.cli.options import JSON, lesson_names
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.progress import telling
from jaxdl.errors import InputError

NETS = ("l07", "l09", "l10", "l13")
SIZES = {"fixed-point": (8, 64, 256), "truncated": (32, 128, 512)}


@click.command("derivatives", params=[JSON])
@click.argument(
    "names",
    nargs=-1,
    metavar="[LESSON]…",
    shell_complete=lambda ctx, param, incomplete: lesson_names(ctx, param, incomplete),
)
@click.option("--only", metavar="NAME", help="One derivative; an unknown name lists them.")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    multiple=True,
    default=(8,),
    show_default=True,
    help="Size of the batch; given several times, each is measured.",
)
@click.option(
    "--blocks",
    type=click.IntRange(min=2),
    default=7,
    show_default=True,
    help="Measurements of each way, which take turns.",
)
def command(
    names: Sequence[str],
    only: str | None,
    examples: Sequence[int],
    blocks: int,
    json_path: str | None,
) -> int:
    """Take derivatives beyond backward in three ways, and time them.

    By torch.autograd in loops, by torch.func, and by JAX; in float64, held to be equal to 1e-10
    first. Without LESSON of the nets of lessons 7, 9, 10 and 13, and of small programs.
    """
    import jax

    from jaxdl._environment import processor, versions
    from jaxdl._torch import import_torch
    from jaxdl.bench.derivatives import DERIVATIVES, NotEqual
    from jaxdl.bench.derivatives.timed import measure, measure_small
    from jaxdl.course import find
    from jaxdl.course.derivatives import net_of

    check_place(json_path)
    import_torch()
    if only is not None and only not in DERIVATIVES:
        raise InputError(f"no derivative is called {only!r}; there are {', '.join(DERIVATIVES)}")
    if names and only in SIZES:
        raise InputError(f"{only} is taken of small programs of its own; leave {names[0]} out")
    lessons = [find(name) for name in names or NETS]
    load = os.getloadavg()[0]
    records = []
    different = None
    with jax.enable_x64(True), telling() as tell:
        try:
            for lesson in lessons if only not in SIZES else ():
                for size in examples:
                    for record in measure(net_of(lesson, size), only=only, blocks=blocks):
                        records.append(record)
                        tell(f"{lesson.name} {record['derivative']} {record['way']}")
            if not names:
                records += measure_small(SIZES, only=only, blocks=blocks)
        except NotEqual as error:  # what was measured before stays
            different = error
    if json_path != "-":
        Console().print(table(records))
    environment = {
        "versions": versions("jax", "flax", "torch", "numpy"),
        "processor": processor(),
        "load_at_start": load,
    }
    write_json(json_path, {"schema": 1, "environment": environment, "records": records})
    if different:
        click.echo(f"jaxdl: {different}", err=True)
    return 1 if different else 0


def table(records: Sequence[dict[str, Any]]) -> Table:
    """A row a derivative: the time of a call in each way, the fastest one bold."""
    found = Table(box=None, pad_edge=False)
    for title in ("derivative", "of", "size", "imperative", "torch.func", "jax", "jax first"):
        found.add_column(title, justify="left" if title in ("derivative", "of") else "right")
    for i in range(0, len(records), 3):
        row = {record["way"]: record for record in records[i : i + 3]}
        times = {way: r["call_s"]["median"] for way, r in row.items() if "call_s" in r}
        least = min(times, key=lambda way: times[way])
        cells = ["impossible" if way not in times else f"{times[way] * 1e3:,.2f} ms" for way in row]
        shown = [
            f"[bold]{cell}[/]" if way == least else cell
            for way, cell in zip(row, cells, strict=True)
        ]
        first = records[i]
        compiled = f"{row['jax']['first_s']:.1f} s"
        found.add_row(first["derivative"], first["net"], str(first["size"]), *shown, compiled)
    return found
