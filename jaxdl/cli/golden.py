"""`jaxdl golden verify|generate`: the twins' committed values."""

from __future__ import annotations

import click

from jaxdl.cli.options import lesson_names
from jaxdl.course import Lesson, find, lessons
from jaxdl.errors import InputError


@click.group("golden")
def command() -> None:
    """Check or write the golden files."""


@command.command("verify", help="Check golden files; with --torch against the twins run now.")
@click.argument("names", nargs=-1, metavar="[LESSON]…", shell_complete=lesson_names)
@click.option("--torch", is_flag=True, help="Run the twins again and compare every number.")
def verify(names: tuple[str, ...], torch: bool) -> int:
    """Say for each golden file what is wrong with it; 1 if anything is."""
    from jaxdl.course import golden

    code = 0
    for lesson in _chosen(names):
        try:
            wrong = golden.verify(lesson, torch=torch)
        except InputError as error:
            wrong = [str(error)]
        made_by = "" if wrong else f" (PyTorch {golden.metadata(lesson)['torch']})"
        print(f"{lesson.name}: " + ("; ".join(wrong) or "good") + made_by)
        code = max(code, 1 if wrong else 0)
    return code


@command.command("generate", help="Run the PyTorch twins and write their golden files.")
@click.argument("names", nargs=-1, metavar="[LESSON]…", shell_complete=lesson_names)
def generate(names: tuple[str, ...]) -> int:
    """The only writer of golden files."""
    from jaxdl.course import golden

    for lesson in _chosen(names):
        written = golden.generate(lesson)
        print(f"{written['path']}: {written['tensors']} tensors, {written['bytes']} bytes")
    return 0


def _chosen(names: tuple[str, ...]) -> tuple[Lesson, ...]:
    return tuple(map(find, names)) or lessons()
