"""What `jaxdl learn` and `jaxdl check` share: their options, and how a verdict is told."""

from __future__ import annotations

import click

from jaxdl.cli.fold import folded
from jaxdl.cli.listing import reads_chinese
from jaxdl.course.exercises.check import Verdict
from jaxdl.course.exercises.exercise import STYLES

Words = dict[str, str]

RIGHT = {"en": "Right.", "zh": "正确。"}
WRONG = {"en": "Not yet: ", "zh": "还不对："}
HINT = {"en": "Hint: ", "zh": "提示："}

LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "zh"]),
    default=lambda: "zh" if reads_chinese() else "en",
    help="English or Chinese; default: the environment's.",
)
STYLE = click.option(
    "--style",
    type=click.Choice(STYLES),
    default="functional",
    show_default=True,
    help="JAX, or PyTorch where an exercise has that, too.",
)


def say(text: str, **style: bool) -> None:
    """Print, for a reader who waits."""
    click.echo(click.style(text, **style) if style else text)


def tell(verdict: Verdict, language: str) -> None:
    """What is wrong, and what to think of; or that it is right."""
    if verdict.right:
        click.secho(RIGHT[language], fg="green", bold=True)
        return
    click.secho(folded(WRONG[language] + verdict.what[language]), fg="red")
    if verdict.hint:
        click.echo(folded(HINT[language] + verdict.hint[language]))
