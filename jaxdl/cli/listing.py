"""`jaxdl list`: the course at a glance. Imports neither JAX nor PyTorch nor NumPy."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from jaxdl.cli.options import JSON
from jaxdl.cli.output import check_place, write_json
from jaxdl.course import lessons


@click.command("list", params=[JSON])
def command(json_path: str | None = None) -> int:
    """Show the lessons, their data and their golden files."""
    from jaxdl import data
    from jaxdl.course import golden

    check_place(json_path)
    rows = [
        {
            "lesson": lesson.name,
            "title": lesson.title,
            "title_zh": lesson.title_zh,
            "data": {name: data.state(name) for name in lesson.datasets},
            "tasks": list(lesson.tasks),
            "golden": golden.path(lesson).is_file(),
        }
        for lesson in lessons()
    ]
    if json_path != "-":
        show(rows)
    write_json(json_path, {"schema": 1, "lessons": rows})
    return 0


def show(rows: list[dict[str, Any]]) -> None:
    """The lessons as a table."""
    missing = {}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("lesson", "title", "", "data", "golden"):
        table.add_column(name)
    for row in rows:
        there = [name for name, state in row["data"].items() if state in ("embedded", "ready")]
        absent = {name: state for name, state in row["data"].items() if name not in there}
        missing |= absent
        made = row["tasks"] or ["its own"]
        names = ", ".join([*there, *(f"({name})" for name in absent)] or made)
        golden_state = "yes" if row["golden"] else "no"
        table.add_row(row["lesson"], row["title"], row["title_zh"], names, golden_state)
    Console().print(table)
    for name, how in missing.items():
        print(f"({name}) is not here: {how}")
    print("jaxdl run l04 trains one; jaxdl run all --quick runs the whole course.")
