"""What commands write besides their text: JSON and pictures, whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from click.shell_completion import CompletionItem
from rich.console import Console

from jaxdl._files import is_written_through, replacing
from jaxdl._optional import need
from jaxdl.cli.streams import is_closed
from jaxdl.errors import InputError


class Place(click.ParamType):
    """A file or a folder; an empty one is an unset variable of the shell."""

    name = "path"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The path itself."""
        if value == "":
            self.fail("the path is empty; is a variable of the shell not set?", param, ctx)
        return value

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        """The shell's own names of files and folders."""
        return [CompletionItem(incomplete, type="file")]


PLACE = Place()


def check_place(path: str | None) -> None:
    """Fail before the work is done, not after it.

    Raises:
        InputError: the file cannot be written: there is no folder for it or nothing can be
            created there, it is a folder or write-protected itself, or "-", and standard output
            is closed.
    """
    if path == "-" and is_closed(sys.stdout):
        raise InputError("-: standard output is closed; name a file")
    if path is None or path == "-":
        return
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise InputError(f"{path}: this is a folder; name a file in it")
    if target.is_symlink():
        raise InputError(f"{path}: this is a symbolic link that leads to itself; name a file")
    if target.is_socket() and not is_written_through(path):
        raise InputError(f"{path}: this is a socket; name a file")
    if not is_written_through(path):
        check_folder(path, target.parent)
    if target.exists() and not os.access(target, os.W_OK):
        raise InputError(f"{path}: this file is write-protected; name another one")


def check_figure(path: str | None) -> None:
    """Fail before the run, not after it.

    Raises:
        InputError: no folder, or a kind of file that Matplotlib cannot write.
    """
    check_place(None if path == "-" else path)
    if path:
        need("matplotlib", "--plot")
        from matplotlib.backend_bases import FigureCanvasBase

        if Path(path).suffix.lstrip(".") not in FigureCanvasBase.get_supported_filetypes():
            raise InputError(f"{path}: cannot draw into this kind of file; use .png, .svg or .pdf")


def check_traces(path: str | None) -> None:
    """Make the folder that traces go to, before the work is done.

    Raises:
        InputError: it is a file, or cannot be made.
    """
    if path is None:
        return
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: no folder for traces: {error.strerror or error}") from error
    check_folder(path, Path(path))


def tell_traces(path: str | None) -> None:
    """Say what lies in the folder of traces."""
    if path:
        for file in sorted(each for each in Path(path).rglob("*") if each.is_file()):
            click.echo(f"{file} ({file.stat().st_size:,} bytes)", err=True)


def check_folder(path: str, folder: Path) -> None:
    """Whether a file can be created in a folder.

    Raises:
        InputError: not so, or there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"{path}: there is no folder {folder}; create it first")
    try:
        TemporaryDirectory(dir=folder, prefix=".jaxdl.").cleanup()
    except OSError as error:
        raise InputError(f"{path}: nothing can be created in {folder}: {error.strerror}") from None


def say(line: str) -> None:
    """Print a line; a terminal's lines end between words, Chinese characters being two wide."""
    console = Console()
    console.print(
        line, markup=False, emoji=False, highlight=False, soft_wrap=not console.is_terminal
    )


def write_json(path: str | None, document: Any) -> None:
    """Write a document; None writes nothing, "-" is standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if path is None:
        return
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    if path == "-":
        sys.stdout.write(text)
    else:
        with writing(path) as part:
            part.write_text(text, encoding="utf-8")


@contextmanager
def writing(path: str) -> Iterator[Path]:
    """As `replacing`, with errors that name the path as the user gave it.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
