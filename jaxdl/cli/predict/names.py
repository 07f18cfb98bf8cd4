"""`jaxdl predict l13 NAME…`: which country the net thinks a name is from.

`--json` writes

    {…, "classes": [name of each country],
     "names": [{"name": as it was given, "read_as": as the net reads it, "class": its country's
                number, "country", "probability", "probabilities": [of each country]}]}
"""

from __future__ import annotations

from typing import Any

import click

from jaxdl import data
from jaxdl.cli.options import DEVICE, JSON
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.predict.asked import answers
from jaxdl.cli.predict.net import CHECKPOINT, NET, load_net, ranking, tell_net
from jaxdl.course import Lesson
from jaxdl.course.predict import (
    class_names,
    classified,
    classifier,
    head,
    read_name,
)

NAMES = click.Argument(["given"], nargs=-1, metavar="[NAME]…")


def one(lesson: Lesson) -> click.Command:
    """`jaxdl predict l13`."""

    def callback(
        given: tuple[str, ...], checkpoint: str | None, file: str | None, json_path: str | None
    ) -> int:
        check_place(json_path)
        net = load_net(lesson, checkpoint, file)
        entry = data.find(net.config.data)
        classify = classifier(lesson, net, entry)
        countries = class_names(entry)

        def answer(asked: list[tuple[str, str]]) -> list[dict[str, Any]]:
            rows = classify([read_as for _, read_as in asked]).tolist()
            return [
                {"name": name, "read_as": read_as} | classified(countries, row, "country")
                for (name, read_as), row in zip(asked, rows, strict=True)
            ]

        def tell(found: dict[str, Any]) -> str:
            name, read_as = found["name"], found["read_as"]
            said = name if name == read_as else f"{name} (read as {read_as})"
            return f"{said}: {ranking(countries, found['probabilities'])}"

        found, code = answers(
            "name",
            given,
            json_path,
            read=lambda text: read_name(text, entry.longest),
            answer=answer,
            greet=lambda: tell_net(lesson, net, "names"),
            tell=tell,
        )
        write_json(json_path, head(lesson, net) | {"classes": countries, "names": found})
        return code

    return click.Command(
        lesson.name,
        callback=callback,
        params=[NAMES, CHECKPOINT, NET, DEVICE, JSON],
        help=f"Tell from which country names are, by the net of {lesson.title!r}.\n\n"
        "Without a NAME it asks for them; with - or where standard input is a file or a pipe, "
        "it reads them from there, one a line. Names are read as those in the data are: Müller as "
        "Muller, tanaka as Tanaka.",
        short_help=f"Tell from which country names are, by the net of {lesson.title!r}.",
    )
