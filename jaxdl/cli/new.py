"""`jaxdl new parity my_port/`: a folder that runs, to begin a port of one's own from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from jaxdl._files import replacing
from jaxdl.cli.output import PLACE, check_folder
from jaxdl.errors import InputError

SUFFIX = ".txt"
"""What the templates' names end in here, so that nobody takes them for parts of the package."""


@click.group("new", short_help="A folder to begin a port of your own from.")
def command() -> None:
    """Write a folder that runs, to begin something of one's own from."""


@command.command("parity")
@click.argument("folder", type=PLACE, metavar="FOLDER")
def parity(folder: str) -> int:
    """Write a PyTorch model, its port to JAX and a test that holds the two together.

    FOLDER is created; one that is there must be empty.
    """
    target = Path(folder)
    if target.is_dir():
        if any(target.iterdir()):
            raise InputError(f"{folder}: this folder is not empty; name another one")
    elif target.exists() or target.is_symlink():
        raise InputError(f"{folder}: this is no folder; name another one")
    check_folder(folder, target.resolve().parent)
    templates = files("jaxdl.cli") / "templates" / "parity"
    written = {
        template.name.removesuffix(SUFFIX): template.read_bytes()
        for template in templates.iterdir()
        if template.name.endswith(SUFFIX)
    }
    with replacing(target) as part:
        part.mkdir()
        for name, content in written.items():
            (part / name).write_bytes(content)
        if target.is_dir():
            target.rmdir()  # fails if somebody has put something there by now
    click.echo(f"written to {target}: {', '.join(sorted(written))}")
    click.echo(f"next: jaxdl compare {target / 'port.py'}; {target / 'README.md'} says what then")
    return 0
