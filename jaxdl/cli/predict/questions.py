"""`jaxdl predict l15 QUESTION…`: what the net answers.

`--json` writes

    {…, "answers": [{"question", "answer"}]}

and of a net with attention beside each answer "weights": [for each letter written, the end of the
answer included, [the weight of each letter read]].
"""

from __future__ import annotations

from typing import Any

import click

from jaxdl import lessons
from jaxdl.cli.options import JSON
from jaxdl.cli.output import check_folder, write_json
from jaxdl.cli.predict.asked import answers, quoted
from jaxdl.cli.predict.net import CHECKPOINT, Net, fitting, head, load_net, tell_net
from jaxdl.cli.predict.shades import shaded
from jaxdl.errors import InputError

QUESTIONS = click.Argument(["given"], nargs=-1, metavar="[QUESTION]…")
SHOW = click.Option(
    ["--show"], is_flag=True, help="Draw where it looks as it writes (a net with attention)."
)


def one(lesson: lessons.Lesson) -> click.Command:
    """`jaxdl predict l15`."""

    def callback(
        given: tuple[str, ...], checkpoint: str | None, show: bool, json_path: str | None
    ) -> int:
        check_folder(json_path)
        net = load_net(lesson, checkpoint)
        alphabet = lesson.functional.ALPHABETS[net.config.task]
        if show and not looks(lesson):
            alike = [other for other in lessons.lessons() if other.predicts == lesson.predicts]
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
        params=[QUESTIONS, CHECKPOINT, SHOW, JSON],
        help=f"Answer questions by the net of {lesson.title!r}: cab, or 12+345 where it was "
        "trained with --task addition.\n\n"
        "Without a QUESTION it asks for them; where standard input is a file or a pipe, it reads "
        "them from there, one a line.",
        short_help=f"Answer questions by the net of {lesson.title!r}.",
    )


def looks(lesson: lessons.Lesson) -> bool:
    """Whether its net has attention."""
    return hasattr(lesson.functional, "alignment")


def read_question(text: str, alphabet: str, longest: int) -> str:
    """A question.

    Raises:
        InputError: it has a letter that the net does not know, or is empty or too long.
    """
    question = text.strip()
    known = f"the net reads 1 to {longest} of {alphabet}"
    if foreign := quoted(letter for letter in question if letter not in alphabet):
        raise InputError(f"{question!r} has {foreign}; {known}")
    if not 1 <= len(question) <= longest:
        raise InputError(f"{question!r} has {len(question)} letters; {known}")
    return question


def answered(lesson: lessons.Lesson, net: Net, questions: list[str]) -> list[dict[str, Any]]:
    """The answers, as the document has them."""
    program = lesson.functional
    with fitting(lesson, net) as params:
        if not looks(lesson):
            written = program.answers(net.config, params, questions)
            pairs = zip(questions, written, strict=True)
            return [{"question": question, "answer": answer} for question, answer in pairs]
        found = []
        for question in questions:
            answer, weights = program.alignment(net.config, params, question)
            found.append({"question": question, "answer": answer, "weights": weights.tolist()})
        return found


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
