"""Flags: every field of a lesson's Config is one, and every lesson is a subcommand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from typing import Any

import click

from jaxdl.cli.output import PLACE
from jaxdl.course import Lesson, find, lessons
from jaxdl.course.device import DEVICES, use_device
from jaxdl.course.values import bounds, number

JSON = click.Option(
    ["--json", "json_path"],
    type=PLACE,
    metavar="PATH",
    help="Write the result as JSON; - is standard output.",
)


THREADS = click.Option(
    ["--threads"],
    type=click.IntRange(min=1),
    help="Cores for each arm; default: all there are.",
)
DTYPE = click.Option(
    ["--dtype"],
    type=click.Choice(["float32", "float64", "tf32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="Of parameters and data; the last two on a GPU.",
)
BLOCK_SECONDS = click.Option(
    ["--block-seconds"],
    type=click.FloatRange(min=0.001),
    default=0.3,
    show_default=True,
    help="How long a measurement lasts, about.",
)


PROFILE = click.Option(
    ["--profile"],
    type=PLACE,
    metavar="DIR",
    help="Write traces there for Perfetto and TensorBoard; of little work, they grow large.",
)


def _use_device(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:  # completion parses what it never runs
        use_device(value)


WHERE = "Where to compute; default: JAX's choice, a GPU or TPU if it finds one."
DEVICE = click.Option(
    ["--device"],
    type=click.Choice(DEVICES),
    expose_value=False,
    callback=_use_device,
    help=WHERE,
)
PLATFORM = click.Option(["--device", "platform"], type=click.Choice(DEVICES), help=WHERE)
"""The same as a value, for a command that settles first how many devices there are."""


def lesson_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What the shell may complete the name of a lesson to."""
    return [lesson.name for lesson in lessons() if lesson.name.startswith(incomplete)]


def config_options(lesson: Lesson) -> list[click.Option]:
    """One flag for each field of the lesson's Config, with its default and help line."""
    return [_flag(field) for field in fields(lesson.config)]


def _flag(field: Field[Any]) -> click.Option:
    name = "--" + field.name.replace("_", "-")
    names = [f"{name}/--no-{name[2:]}" if isinstance(field.default, bool) else name, field.name]
    return click.Option(
        names,
        type=_type(field),
        default=field.default,
        show_default=True,
        help=field.metadata["help"],
    )


def _type(field: Field[Any]) -> click.ParamType | type:
    if field.default is MISSING:
        raise TypeError(f"Config.{field.name} has no default value")
    if choices := field.metadata["choices"]:
        return Named(choices)
    kind = type(field.default)
    if kind is bool or kind not in (int, float):
        return kind
    return Number(kind, *bounds(field))


class Number(click.ParamType):
    """A finite number in a range, which an error tells; --help would be full of ranges.

    Args:
        kind: int or float.
        least, most: both allowed.
    """

    def __init__(self, kind: type, least: float, most: float) -> None:
        self.kind, self.least, self.most = kind, least, most
        self.name = "integer" if kind is int else "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The number itself, if it is one, and in the range."""
        try:
            return number(str(value), self.kind, self.least, self.most)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Named(click.Choice):
    """A choice whose error suggests the nearest name."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The name itself, if it is one."""
        near = get_close_matches(str(value), self.choices, n=1, cutoff=0.5)
        if value not in self.choices and near:
            self.fail(f"there is no {value!r}; did you mean {near[0]}?", param, ctx)
        return super().convert(value, param, ctx)


class PerLesson(click.Group):
    """`jaxdl run l04 --epochs 3`: a subcommand for each lesson, with the lesson's own flags."""

    def __init__(self, *args: Any, build: Callable[[Lesson], click.Command], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.build = build

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The lessons, then what the group has besides (`all`)."""
        return [*(lesson.name for lesson in lessons()), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build one lesson's subcommand."""
        if ctx.resilient_parsing and cmd_name not in self.list_commands(ctx):
            return None  # the shell completes a line: an error would be in the way
        return super().get_command(ctx, cmd_name) or self.build(find(cmd_name))


def config_from(lesson: Lesson, flags: dict[str, Any], *, quick: bool = False) -> Any:
    """The Config that the flags say; `quick` scales the fields down that the user left alone."""
    context = click.get_current_context()
    left_alone = {
        name: value
        for name, value in lesson.quick.items()
        if context.get_parameter_source(name) == click.core.ParameterSource.DEFAULT
    }
    names = [field.name for field in fields(lesson.config)]
    return lesson.config(**{name: flags[name] for name in names} | (left_alone if quick else {}))
