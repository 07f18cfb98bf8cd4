"""`jaxdl bench yours.py`: what a user's functions cost, PyTorch's and JAX's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import click

from jaxdl._environment import usable_cores
from jaxdl.cli.options import BLOCK_SECONDS, DTYPE, JSON, PROFILE, THREADS
from jaxdl.cli.output import (
    PLACE,
    check_figure,
    check_place,
    check_traces,
    tell_traces,
    write_json,
    writing,
)
from jaxdl.cli.progress import telling
from jaxdl.cli.yours import executed, failed
from jaxdl.errors import InputError

HELP = """Time the functions of a file: PyTorch's and JAX's, held to give the same first.

\b
The file defines
  functions   a dictionary: name -> function. A name begins with its
              framework: "torch", "jax", "jax einsum". The first is what the
              others are held against.
  inputs      a function, seed -> what they are called with: a tuple, or a
              dictionary by name, of NumPy's arrays, and dictionaries, lists
              and tuples of them. Drawn from the seed, always of one shape.
  gradients   optional: a tuple of inputs, by name or place, by which the
              outputs are differentiated, too.

Outputs, and gradients, of two seeds must agree before anything is timed: exit code 1 where they do
not. Each way (arm) runs in a process of its own, and they take turns; a call is over when its
result is there. torch-eager and jax-eager call a function as it is written, torch-compile and
jax-jit compiled, torch-compile in the fastest of its modes.
"""


def command(name: str) -> click.Command:
    """The command for one file."""

    def callback(
        arms: str,
        threads: int | None,
        dtype: str,
        blocks: int,
        block_seconds: float,
        tolerance: float | None,
        plot: str | None,
        profile: str | None,
        json_path: str | None,
    ) -> int:
        from jaxdl.bench import functions, runner

        check_place(json_path)
        if plot:
            check_figure(plot)
            if json_path and Path(plot).resolve() == Path(json_path).resolve():
                raise InputError(f"{plot}: --plot and --json name the same file")
        check_traces(profile)
        setting = runner.Setting(dtype, count(threads), blocks, block_seconds)
        functions.check_arms(arms.split(","))
        with redirect_stdout(sys.stderr):  # what the file prints is not what the command prints
            found = read(name)
        loads = {each: partial(function, name, each) for each in found["functions"]}
        draw = partial(drawn, name, found["inputs"])
        with telling() as tell:
            tell_if_busy(tell)
            try:
                result = functions.measure(
                    Path(name).name,
                    loads,
                    draw,
                    found.get("gradients", ()),
                    arms.split(","),
                    setting,
                    tolerance,
                    tell,
                    profile=Path(profile) if profile else None,
                )
            except functions.Different as error:
                for line in [*str(error).splitlines(), "nothing was timed"]:
                    click.echo(f"jaxdl: {line}", err=True)
                return 1
            except runner.ArmFailed as error:
                click.echo(f"jaxdl: {error}", err=True)
                return 1
        if json_path != "-":
            click.echo(str(result))
        write_json(json_path, result.document)
        tell_traces(profile)
        if plot:
            with writing(plot) as part:
                result.figure().savefig(part, format=Path(plot).suffix[1:])
        return 0

    params: list[click.Parameter] = [
        click.Option(
            ["--arms"],
            default="torch-eager,torch-compile,jax-jit",
            show_default=True,
            metavar="A,B",
            help="Ways to call each function of their framework; there is jax-eager, too.",
        ),
        THREADS,
        DTYPE,
        click.Option(
            ["--blocks"],
            type=click.IntRange(min=2),
            default=15,
            show_default=True,
            help="Measurements of each arm.",
        ),
        BLOCK_SECONDS,
        click.Option(
            ["--tolerance"],
            type=click.FloatRange(min=0, min_open=True),
            help="How far outputs and gradients may differ, over the largest number of each; "
            "default: 1e-5, float64 1e-10, tf32 1e-3, bfloat16 2e-2.",
        ),
        click.Option(
            ["--plot"], type=PLACE, metavar="PATH", help="Draw calls and break-even points."
        ),
        PROFILE,
        JSON,
    ]
    return click.Command(name, callback=callback, params=params, help=HELP)


def read(name: str) -> dict[str, Any]:
    """Run a file and take what it defines.

    Raises:
        InputError: it fails, or defines no functions or inputs.
    """
    found = executed(name)
    for field, is_one, what in (
        ("functions", lambda it: isinstance(it, dict), 'a dictionary, {"torch": f, "jax": g}'),
        ("inputs", callable, "a function that makes NumPy's arrays from a seed"),
    ):
        if field not in found:
            raise InputError(f"{name} defines no {field}: {what}")
        if not is_one(found[field]):
            raise InputError(
                f"{name}: {field} is of type {type(found[field]).__name__}, not {what}"
            )
    for each, one in found["functions"].items():
        if not callable(one):
            raise InputError(f"{name}: the function {each!r} is of type {type(one).__name__}")
    if not isinstance(found.get("gradients", ()), tuple | list):
        raise InputError(f'{name}: gradients is a tuple of inputs, such as ("x",)')
    return found


def function(name: str, which: str) -> Callable[..., Any]:
    """A file's function, in the process that calls it."""
    return executed(name)["functions"][which]


def drawn(name: str, inputs: Callable[[int], Any], seed: int) -> Any:
    """The file's inputs; what it raises is told."""
    try:
        return inputs(seed)
    except Exception as error:
        raise failed(name, Path(name).resolve(), error) from error


def count(threads: int | None) -> int:
    """The cores to measure with.

    Raises:
        InputError: this process may not use so many.
    """
    available = len(usable_cores())
    if threads and threads > available:
        raise InputError(f"--threads {threads}: this process may use {available} cores")
    return threads or available


def tell_if_busy(tell: Callable[..., None]) -> None:
    """Where others want the cores, too, say so."""
    from jaxdl.bench.result import BUSY

    available = len(usable_cores())
    if (load := os.getloadavg()[0]) > BUSY * available:
        line = f"the machine is busy (load {load:.1f} on {available} cores): measure again later"
        tell(line, keep=True)
