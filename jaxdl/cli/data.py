"""`jaxdl data list|prepare|verify`: the datasets, their downloads, whether they are sound."""

from __future__ import annotations

import click

from jaxdl import data
from jaxdl.errors import InputError


@click.group("data")
def command() -> None:
    """The datasets: what there is, where it comes from, whether it is sound."""


@command.command("list")
def list_() -> int:
    """Show every dataset: size, licence, state."""
    for name, entry in data.CATALOGUE.items():
        print(f"{name}: {entry.title}")
        print(f"  {entry.size:,} bytes; licence: {entry.licence}")
        print(f"  {data.state(name)}")
    return 0


@command.command("prepare")
@click.argument("name")
def prepare(name: str) -> int:
    """Download a dataset, check it, and store it in TFDS_DATA_DIR or ~/tensorflow_datasets."""
    print(f"{name}: ready in {data.prepare(name)}")
    return 0


@command.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]…")
def verify(names: tuple[str, ...]) -> int:
    """Read datasets in full; without a name all that are at hand."""
    at_hand = [name for name in data.CATALOGUE if data.state(name) in ("embedded", "ready")]
    code = 0
    for name in names or at_hand:
        try:
            print("\n  ".join(data.verify(name)))
        except InputError as error:
            code = 2
            click.echo(f"jaxdl: {error}", err=True)
    return code
