"""What the user asks: in arguments, in the lines of standard input, or at a prompt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import click

from jaxdl.errors import InputError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

STDIN = "-"
SHOWN = 40  # bytes of a line that cannot be read


def answers(
    what: str,
    given: tuple[str, ...],
    json_path: str | None,
    *,
    read: Callable[[str], Asked],
    answer: Callable[[list[Asked]], list[Answer]],
    greet: Callable[[], object],
    tell: Callable[[Answer], str],
) -> tuple[list[Answer], int]:
    """Answer all that is asked; print it, unless `--json -` prints.

    Args:
        what: is asked, in a word: it is the prompt, too.
        given: the arguments; "-" alone is standard input, a line each. Without any it is the same,
            but at a terminal with a prompt.
        json_path: of `--json`.
        read: what is asked, of a text.
        answer: all answers at once.
        greet: prints which net answers.
        tell: an answer as it is printed.

    Returns:
        The answers, and the exit code: 2 where a line of standard input could not be read.

    Raises:
        InputError: an argument could not be read, or nothing is asked.
    """
    found: list[Answer] = []
    if STDIN in given and len(given) > 1:
        raise InputError(f"give {STDIN} alone: each line of standard input is a {what}")
    if not given and at_terminal() and json_path != "-":
        greet()
        print(f"Type a {what}; an empty line ends.")

        def reply(asked: Asked) -> None:
            found.extend(answer([asked]))
            print(tell(found[-1]))

        session(f"{what}> ", read, reply)
        return found, 0
    if given and given != (STDIN,):
        asked, code = [read(text) for text in given], 0
    else:
        asked, code = lines(what, read)
    found += answer(asked) if asked else []
    if json_path != "-":
        greet()
        for one in found:
            print(tell(one))
    return found, code


def at_terminal() -> bool:
    """Whether there is somebody who sees a prompt and can answer it."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())


def session(prompt: str, read: Callable[[str], Asked], reply: Callable[[Asked], object]) -> None:
    """Ask at a prompt until an empty line, Ctrl-D or Ctrl-C; what cannot be read is asked again."""
    with suppress(ImportError):  # the arrow keys; Windows has its own
        import readline  # noqa: F401
    try:
        while line := input(prompt).strip():
            try:
                asked = read(line)
            except InputError as error:
                click.echo(f"jaxdl: {error}", err=True)
            else:
                reply(asked)
    except (EOFError, KeyboardInterrupt):
        print()


def lines(what: str, read: Callable[[str], Asked]) -> tuple[list[Asked], int]:
    """What the lines of standard input ask; 2 where one could not be read, which is told.

    Raises:
        InputError: no line asks anything.
    """
    found: list[Asked] = []
    code = 0
    if sys.stdin and sys.stdin.isatty():  # and standard output is not a terminal
        click.echo(f"Type each {what} on a line of its own; Ctrl-D ends.", err=True)
    for number, line in enumerate(sys.stdin.buffer if sys.stdin else [], 1):
        try:
            if text := utf8(line).strip():
                found.append(read(text))
        except InputError as error:
            code = 2
            click.echo(f"jaxdl: line {number}: {error}", err=True)
    if not found and code == 0:
        raise InputError(f"give a {what} as an argument, or on standard input, one a line")
    return found, code


def standard_input(what: str, example: str, most: int) -> bytes:
    """All of standard input, where the argument is "-".

    Args:
        what: it should be.
        example: a command that gives it.
        most: bytes of it.

    Raises:
        InputError: it is a terminal, closed, empty or longer.
    """
    if sys.stdin is None or sys.stdin.isatty():
        where = "closed" if sys.stdin is None else "a terminal"
        raise InputError(f"{STDIN}: standard input is {where}; give it {what}: {example}")
    content = sys.stdin.buffer.read(most + 1)
    if not content:
        raise InputError(f"{STDIN}: standard input is empty; give it {what}: {example}")
    if len(content) > most:
        raise InputError(f"{STDIN}: standard input has more than {most:,} bytes; give it {what}")
    return content


def utf8(line: bytes) -> str:
    """A line of a file, which may begin with a byte-order mark.

    Raises:
        InputError: it is in another encoding.
    """
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        line = line.strip()
        shown = ascii(line[:SHOWN])[1:] + ("…" if len(line) > SHOWN else "")
        raise InputError(f"{shown} is not UTF-8; save the text as UTF-8") from None
