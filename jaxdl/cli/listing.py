"""`jaxdl list`: the course at a glance. Imports neither JAX nor PyTorch nor NumPy."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import Any

import click
from rich.cells import cell_len

from jaxdl.cli.options import JSON
from jaxdl.cli.output import check_place, write_json
from jaxdl.course import lessons

GAP = 2  # spaces between two columns
SHORT = 12  # the least that a list of data sets is cut down to


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
        print("\n".join(told(rows, width())))
    write_json(json_path, {"schema": 1, "lessons": rows})
    return 0


def width() -> int:
    """Columns of the terminal; in a file or a pipe a line is as long as it needs to be."""
    bounded = sys.stdout.isatty() or "COLUMNS" in os.environ
    return get_terminal_size().columns if bounded else sys.maxsize


def told(rows: Sequence[dict[str, Any]], columns: int) -> list[str]:
    """A line a lesson, none wider than the terminal; then what to do next.

    A column that has no room is left out, the last one first; of the two titles the one in the
    user's language stays. Of the data sets the first ones stay, with the number of the others.
    """
    names = [datasets(row) for row in rows]
    table = {
        "lesson": [row["lesson"] for row in rows],
        "title": [row["title"] for row in rows],
        "标题": [row["title_zh"] for row in rows],
    }
    unwanted = [] if is_shown("标题") else ["标题"]
    if is_shown("标题") and columns < total(table):
        unwanted = ["title" if reads_chinese() else "标题"]
    for title in unwanted:
        del table[title]
    if (room := columns - total(table) - GAP) >= SHORT:
        table["data"] = [shortened(each, room) for each in names]
    golden = {"golden": ["yes" if row["golden"] else "no" for row in rows]}
    if "data" in table and total(table | golden) <= columns:
        table |= golden
    lines = zip(*([title, *cells] for title, cells in table.items()), strict=True)
    widths = [width_of(title, cells) for title, cells in table.items()]
    hints = ["jaxdl run l04 trains one; jaxdl run all --quick runs the whole course."]
    if any(text.startswith("(") or ", (" in text for text in table.get("data", [])):
        hints.insert(0, "Data (in brackets) are not here; jaxdl data list says how to get them.")
    return [
        *("".join(map(padded, line, widths)).rstrip() for line in lines),
        *(line for hint in hints for line in textwrap.wrap(hint, min(columns, 100))),
    ]


def datasets(row: dict[str, Any]) -> list[str]:
    """What a lesson trains on, in brackets what is not here."""
    states = row["data"].items()
    there = [name for name, state in states if state in ("embedded", "ready")]
    absent = [f"({name})" for name, _ in states if name not in there]
    return there + absent or row["tasks"] or ["its own"]


def shortened(names: Sequence[str], room: int) -> str:
    """As many as there is room for, and how many more there are."""
    for kept in range(len(names), 0, -1):
        more = f" +{len(names) - kept}" if kept < len(names) else ""
        if len(text := ", ".join(names[:kept]) + more) <= room:
            return text
    return f"{len(names)} sets"


def is_shown(text: str) -> bool:
    """Whether standard output has these letters."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def reads_chinese() -> bool:
    """Whether the environment says so, in the order in which POSIX looks."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next(filter(None, map(os.environ.get, variables)), "").startswith("zh")


def total(table: dict[str, list[str]]) -> int:
    """Columns of the terminal that a table takes."""
    return sum(width_of(title, cells) + GAP for title, cells in table.items()) - GAP


def width_of(title: str, cells: Sequence[str]) -> int:
    """Of a table's column; a Chinese character takes two of the terminal's."""
    return max(map(cell_len, [title, *cells]))


def padded(text: str, width: int) -> str:
    """A cell, and the gap after it."""
    return text + " " * (width - cell_len(text) + GAP)
