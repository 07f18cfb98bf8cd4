"""`jaxdl check`: one answer to an exercise."""

from __future__ import annotations

import click

from jaxdl.cli.exercises import LANGUAGE, tell
from jaxdl.cli.options import JSON, lesson_names
from jaxdl.cli.output import PLACE, check_place, write_json
from jaxdl.course import find
from jaxdl.course.exercises import exercise_called
from jaxdl.course.exercises.check import MARK, name_in, read
from jaxdl.course.exercises.checker import Checker
from jaxdl.errors import InputError


@click.command(
    "check", short_help="An answer to an exercise: right, or what is wrong.", params=[JSON]
)
@click.argument("name", metavar="LESSON[/EXERCISE]", shell_complete=lesson_names)
@click.argument("file", type=PLACE, metavar="FILE")
@LANGUAGE
def command(name: str, file: str, language: str, json_path: str | None) -> int:
    """Check FILE, an answer to an exercise of LESSON. Exit code 1: it is not right yet.

    The file says which exercise it answers, as those that jaxdl learn writes do; or name it:
    jaxdl check l05/mean_gradient FILE.
    """
    check_place(json_path)
    read(file)  # or there is nothing to check
    asked = name if "/" in name else name_in(file)
    if not asked:
        raise InputError(
            f'{file}: it does not say which exercise it answers; write {MARK} = "{name}/…" into '
            f"it, or name it: jaxdl check {name}/… {file}"
        )
    exercise, style = exercise_called(asked)
    if not exercise.name.startswith(f"{find(name.partition('/')[0]).name}/"):
        raise InputError(f"{file}: it answers {asked}, and that is no exercise of {name}")
    with Checker(exercise, style) as checker:
        verdict = checker.check(file)
    if json_path != "-":
        tell(verdict, language)
    write_json(
        json_path,
        {
            "schema": 1,
            "exercise": exercise.name,
            "style": style,
            "right": verdict.right,
            "what": verdict.what,
            "hint": verdict.hint,
        },
    )
    return 0 if verdict.right else 1
