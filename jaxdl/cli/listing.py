"""`jaxdl list`: the course at a glance. Imports neither JAX nor PyTorch nor NumPy."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from jaxdl.cli.options import JSON
from jaxdl.cli.output import check_folder, write_json
from jaxdl.lessons import lessons


@click.command("list", params=[JSON])
def command(json_path: str | None = None) -> int:
    """Show the lessons, their data and their golden files."""
    from jaxdl import data
    from jaxdl.parity import golden

    check_folder(json_path)
    rows = []
    for lesson in lessons():
        states = {name: data.state(name) for name in lesson.datasets} or {"lesson": "three numbers"}
        rows.append(
            {
                "lesson": lesson.name,
                "title": lesson.title,
                "title_zh": lesson.title_zh,
                "data": states,
                "golden": golden.path(lesson).is_file(),
            }
        )
    write_json(json_path, {"schema": 1, "lessons": rows})
    if json_path == "-":
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("lesson", "title", "", "data", "golden"):
        table.add_column(name, no_wrap=name == "lesson")
    for row in rows:
        states = "; ".join(f"{name}: {state}" for name, state in row["data"].items())
        golden_state = "yes" if row["golden"] else "no"
        table.add_row(row["lesson"], row["title"], row["title_zh"], states, golden_state)
    console = Console()
    console.print(table)
    console.print(
        "\njaxdl run l04 trains one; jaxdl run all --quick runs the whole course.", style="dim"
    )
    return 0
