"""The command line: `jaxdl` and `python -m lessons.lXX_name`.

Exit codes: 0 done; 1 ran and failed its claim (disagreement, a loss that is not finite); 2 unusable
input; 130 interrupted. Errors are one line on standard error that says what to do next.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from shutil import get_terminal_size
from textwrap import fill
from typing import Any, NoReturn

import click

from jaxdl.cli.streams import prepare_streams
from jaxdl.errors import InputError


class Commands(click.Group):
    """A group whose commands live in modules of their own and are imported when they are used."""

    def __init__(self, *args: Any, modules: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table below."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; an unknown name is an error that suggests the nearest."""
        if cmd_name not in self.modules:
            if ctx.resilient_parsing:  # the shell completes a line: an error would be in the way
                return None
            near = get_close_matches(cmd_name, self.modules, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.modules)}"
            raise click.UsageError(f"no command is called {cmd_name!r}; {hint}")
        return importlib.import_module(self.modules[cmd_name]).command


@click.group(
    cls=Commands,
    modules={
        "list": "jaxdl.cli.listing",
        "run": "jaxdl.cli.run",
        "predict": "jaxdl.cli.predict",
        "learn": "jaxdl.cli.learn",
        "check": "jaxdl.cli.check",
        "new": "jaxdl.cli.new",
        "compare": "jaxdl.cli.compare",
        "doctor": "jaxdl.cli.doctor",
        "convert": "jaxdl.cli.convert",
        "autograd": "jaxdl.cli.autograd",
        "bench": "jaxdl.cli.bench",
        "golden": "jaxdl.cli.golden",
        "data": "jaxdl.cli.data",
    },
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _, asked: tell_versions(ctx) if asked else None,
    help="Show the versions that numbers depend on.",
)
@click.pass_context
def command(ctx: click.Context) -> int | None:
    """Deep learning written twice: pure functions in JAX, mutable objects in PyTorch."""
    if ctx.invoked_subcommand is None:
        return ctx.invoke(importlib.import_module(command.modules["list"]).command)
    return None


def tell_versions(ctx: click.Context) -> NoReturn:
    """What a report of an error should say; nothing is imported for it."""
    import jaxdl
    from jaxdl._environment import versions
    from jaxdl._torch import has_torch

    names = ("jax", "flax", "optax", "numpy", "torch")
    found = versions(*(name for name in names if name != "torch" or has_torch()))
    click.echo(f"jaxdl {jaxdl.__version__}\nPython {found['python']}")
    for name in names:
        click.echo(f"{name} {found.get(name, 'not installed')}")
    ctx.exit()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    prepare_streams()
    code = exit_code(arguments)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _failed(error)
    sys.exit(code)


def run_lesson(name: str) -> NoReturn:
    """`python -m lessons.l04_back_propagation …` is `jaxdl run l04 …`."""
    main(["run", name, *sys.argv[1:]])


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run one command; tell an expected failure in one line."""
    try:
        return command.main(arguments, prog_name="jaxdl", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:  # `jaxdl run` alone: its help, unfolded
        print(error.message, file=sys.stderr)
        return 2
    except click.NoSuchOption as error:
        return _told(_unknown(error), 2)
    except click.ClickException as error:
        return _told(error.format_message(), 2)
    except InputError as error:
        return _told(str(error), 2)
    except (click.Abort, KeyboardInterrupt) as error:  # click makes one of the other
        return _told(str(error.__cause__ or error) or "interrupted", 130)  # train.Stopped says more
    except OSError as error:
        return _failed(error)


def _unknown(error: click.NoSuchOption) -> str:
    """What is said of an unknown flag: --lr is the beginning of each word of --learning-rate."""
    known = (
        [each for each in error.ctx.command.params if isinstance(each, click.Option)]
        if error.ctx
        else []
    )
    for flag in (flag for option in known for flag in option.opts):
        initials = "".join(word[0] for word in flag.strip("-").split("-"))
        if len(initials) > 1 and error.option_name.strip("-") == initials:
            return f"there is no {error.option_name}; did you mean {flag}?"
    return error.format_message()


def _failed(error: OSError) -> int:
    """Tell of a full disk, a folder without permission."""
    where = f"{error.filename}: " if error.filename else ""
    return _told(f"{where}{error.strerror or error}", 2)


def _told(message: str, code: int) -> int:
    """Tell it in one line; a terminal's lines end between words."""
    line = "jaxdl: " + " ".join(message.split())
    with suppress(OSError):  # nowhere to tell it
        if sys.stderr.isatty():
            columns = get_terminal_size().columns
            line = fill(line, columns, break_long_words=False, break_on_hyphens=False)
        print(line, file=sys.stderr, flush=True)
    return code
