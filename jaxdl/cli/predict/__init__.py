"""`jaxdl predict`: what the net that was trained last makes of something of the user's.

What a lesson's net is given its `Lesson.predicts` says. Each kind has a module here with a function
`one`, which builds the lesson's command, and a docstring that describes what `--json` writes. All
documents, of schema 1, begin

    {"schema": 1, "lesson": "l10",
     "net": {"file": where it is, "config": how it was trained, "result": its numbers,
             "quick": whether by --quick, "when": in ISO 8601; the last three null if not known},
"""

from __future__ import annotations

from typing import Any

import click

from jaxdl.cli.options import PerLesson
from jaxdl.cli.predict import images, names, questions, text
from jaxdl.course import Lesson, lessons
from jaxdl.errors import InputError

KINDS = {
    "image": (images, "pictures"),
    "name": (names, "names"),
    "text": (text, "the beginning of a text"),
    "question": (questions, "questions"),
}


def one(lesson: Lesson) -> click.Command:
    """`jaxdl predict l10`; a lesson without such a net says so."""
    if lesson.predicts:
        module, _ = KINDS[lesson.predicts]
        return module.one(lesson)

    def refuse(**_: Any) -> int:
        raise InputError(f"jaxdl predict cannot use {lesson.name}; it takes {takers()}")

    anything = click.Argument(["anything"], nargs=-1, type=click.UNPROCESSED)
    loose = {"ignore_unknown_options": True}
    return click.Command(
        lesson.name, callback=refuse, params=[anything], context_settings=loose, hidden=True
    )


def takers() -> str:
    """What is taken for which lessons, in a line."""
    told = []
    for kind, (_, what) in KINDS.items():
        able = [lesson.name for lesson in lessons() if lesson.predicts == kind]
        if able:
            told.append(f"{what} for {', '.join(able)}")
    return "; ".join(told)


command = PerLesson(
    "predict",
    build=one,
    help="Give the net that was trained last something of yours: a picture, a name, the beginning "
    "of a text, a question.\n\n`jaxdl run LESSON` trains it; --checkpoint and --net take another.",
    short_help="Give the net that was trained last a picture, a name, a text.",
)
