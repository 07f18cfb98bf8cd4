"""`jaxdl predict l15 QUESTION…`: what the net answers.

`--json` writes

    {…, "answers": [{"question", "answer"}]}

and of a net with attention beside each answer "weights": [for each letter written, the end of the
answer included, [the weight of each letter read]].
"""

from __future__ import annotations

from typing import Any

import click

from jaxdl.cli.options import DEVICE, JSON
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.predict.asked import answers
from jaxdl.cli.predict.net import CHECKPOINT, NET, load_net, tell_net
from jaxdl.cli.predict.shades import shaded
from jaxdl.course import Lesson, lessons
from jaxdl.course.predict import (
    answered,
    head,
    looks,
    read_question,
)
from jaxdl.errors import InputError

QUESTIONS = click.Argument(["given"], nargs=-1, metavar="[QUESTION]…")
SHOW = click.Option(
    ["--show"], is_flag=True, help="Draw where it looks as it writes (a net with attention)."
)


def one(lesson: Lesson) -> click.Command:
    """`jaxdl predict l15`."""

    def callback(
        given: tuple[str, ...],
        checkpoint: str | None,
        file: str | None,
        show: bool,
        json_path: str | None,
    ) -> int:
        check_place(json_path)
        net = load_net(lesson, checkpoint, file)
        alphabet = lesson.program(net.config).alphabet
        if show and not looks(lesson):
            alike = [other for other in lessons() if other.predicts == lesson.predicts]
            able = ", ".join(other.name for other in alike if looks(other))
            raise InputError(f"--show: {lesson.name} does not look back as it writes; {able} does")
        found, code = answers(
            "question",
            given,
            json_path,
            read=lambda text: read_question(text, alphabet, net.config.question),
            answer=lambda asked: answered(lesson, net, asked),
            greet=lambda: tell_net(lesson, net, "questions"),
            tell=lambda found: told(found, show),
        )
        write_json(json_path, head(lesson, net) | {"answers": found})
        return code

    return click.Command(
        lesson.name,
        callback=callback,
        params=[QUESTIONS, CHECKPOINT, NET, DEVICE, SHOW, JSON],
        help=f"Answer questions by the net of {lesson.title!r}: cab, or 12+345 where it was "
        "trained with --task addition.\n\n"
        "Without a QUESTION it asks for them; with - or where standard input is a file or a pipe, "
        "it reads them from there, one a line.",
        short_help=f"Answer questions by the net of {lesson.title!r}.",
    )


def told(found: dict[str, Any], show: bool) -> str:
    """Question and answer; below them a row for each letter written, a column for each read."""
    question, answer = found["question"], found["answer"]
    line = f"{question} -> {answer}"
    if not show:
        return line
    import numpy as np

    rows = shaded(np.array(found["weights"]), most=1)
    read = " ".join(question)
    written = f"{answer}·"[: len(rows)]  # an answer of the greatest length may have no end
    drawn = [f"  {letter} {row.rstrip()}" for letter, row in zip(written, rows, strict=True)]
    return "\n".join([line, f"    {read}", *drawn])
