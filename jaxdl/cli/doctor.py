"""`jaxdl doctor yours.py`: the first thing in a port that differs, and why."""

from __future__ import annotations

from dataclasses import asdict

import click

from jaxdl.cli.options import JSON
from jaxdl.cli.output import check_place, write_json
from jaxdl.cli.progress import telling
from jaxdl.cli.yours import both, read_pair


@click.command("doctor", params=[JSON])
@click.argument("file", metavar="FILE.py")
def command(file: str, json_path: str | None) -> int:
    """Find the first thing in a port that differs from its PyTorch model, and why.

    The file defines params, apply and loss (JAX), model and torch_loss (PyTorch), batch, and
    perhaps parameter_map, optimizer, torch_optimizer. Exit code 0: nothing differs; 1: something.
    """
    from jaxdl import parity

    check_place(json_path)
    yours = read_pair(file)
    with telling() as tell:
        tell("looking")
        found = both(file, yours, parity.diagnose, converted=yours.converted, resumed=yours.resumed)
    if json_path != "-":
        click.echo(str(found))
    write_json(json_path, {"schema": 1, "file": file, "healthy": found.healthy, **asdict(found)})
    return 0 if found.healthy else 1
