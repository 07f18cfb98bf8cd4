"""`jaxdl predict l14 START`: how the net goes on with a text.

`--json` writes

    {…, "start": what the net goes on from, "text": what it adds,
     "temperature", "seed": of what it draws}
"""

from __future__ import annotations

import click

from jaxdl.cli.options import DEVICE, JSON, Number
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.predict.asked import STDIN, standard_input, utf8
from jaxdl.cli.predict.net import CHECKPOINT, NET, load_net, tell_net
from jaxdl.course import Lesson
from jaxdl.course.predict import (
    fitting,
    head,
    read_start,
)
from jaxdl.course.values import LARGEST
from jaxdl.errors import InputError

LONGEST = 1 << 16  # bytes of a START on standard input
START = click.Argument(["words"], nargs=-1, metavar="[START]…")
LETTERS = click.Option(
    ["--letters"],
    type=Number(int, 1, 100_000),
    default=300,
    show_default=True,
    help="How many to add.",
)
TEMPERATURE = click.Option(
    ["--temperature"],
    type=Number(float, 0, LARGEST),
    help="1 draws letters as often as the net expects them, less is more careful, 0 takes the "
    "likeliest.  [default: what the net was trained with]",
)
SEED = click.Option(
    ["--seed"],
    type=Number(int, -(2**63), 2**63 - 1),  # what jax.random.key takes
    help="Another one draws another text.  [default: what the net was trained with]",
)


def one(lesson: Lesson) -> click.Command:
    """`jaxdl predict l14`."""

    def callback(
        words: tuple[str, ...],
        letters: int,
        temperature: float | None,
        seed: int | None,
        checkpoint: str | None,
        file: str | None,
        json_path: str | None,
    ) -> int:
        check_place(json_path)
        net = load_net(lesson, checkpoint, file)
        start = read_start(piped(lesson) if words == (STDIN,) else " ".join(words))
        if temperature is None:
            temperature = float(net.config.temperature)
        if seed is None:
            seed = int(net.config.seed)
        import jax

        program = lesson.program(net.config)
        assert program.text is not None
        with fitting(lesson, net) as params:
            added = program.text(params, start, letters, jax.random.key(seed), temperature)
        written = {"start": start, "text": added, "temperature": temperature, "seed": seed}
        if json_path != "-":
            tell_net(lesson, net, "letters")
            print(printable(start + added))
        write_json(json_path, head(lesson, net) | written)
        return 0

    return click.Command(
        lesson.name,
        callback=callback,
        params=[START, LETTERS, TEMPERATURE, SEED, CHECKPOINT, NET, DEVICE, JSON],
        help=f"Go on with a text, by the net of {lesson.title!r}.\n\n"
        "Without a START it begins with a new line; - reads it from standard input, "
        "without the last line's end. The same START, seed and temperature give the "
        "same text.",
        short_help=f"Go on with a text, by the net of {lesson.title!r}.",
    )


def piped(lesson: Lesson) -> str:
    """The text that standard input holds, without the end of its last line.

    Raises:
        InputError: there is none, or it is in another encoding.
    """
    example = f"echo To be | jaxdl predict {lesson.name} {STDIN}"
    content = standard_input("the beginning of a text", example, LONGEST)
    try:
        return utf8(content).replace("\r\n", "\n").removesuffix("\n")
    except InputError as error:
        raise InputError(f"{STDIN}: {error}") from None


def printable(text: str) -> str:
    """The text with an escape for what a terminal takes for a command: 128 letters are ASCII."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text
    )
