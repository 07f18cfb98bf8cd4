"""Which net answers: the option, and what is said of it."""

from __future__ import annotations

import click

from jaxdl import data
from jaxdl.cli.output import PLACE, say
from jaxdl.course import Lesson, predict
from jaxdl.course.predict import Net

CHECKPOINT = click.Option(
    ["--checkpoint"],
    type=PLACE,
    metavar="DIR",
    help="The newest net of that run, not the last one trained.",
)
NET = click.Option(
    ["--net", "file"], type=PLACE, metavar="PATH", help="The net that jaxdl run --keep PATH wrote."
)


def load_net(lesson: Lesson, checkpoint: str | None, file: str | None = None) -> Net:
    """The net; checkpoints that are passed over are told on standard error."""
    return predict.load_net(
        lesson, checkpoint, lambda line: click.echo(f"jaxdl: {line}", err=True), file=file
    )


def tell_net(lesson: Lesson, net: Net, what: str) -> None:
    """Which net answers, how often it was right, and how to get a better one.

    Args:
        what: its examples, in a word.
    """
    result = net.result or {}
    share = result.get("test accuracy", result.get("exact match"))
    known = "" if share is None else f", right on {share:.1%} of its test {what}"
    trained_on = getattr(net.config, "data", None) or net.config.task
    known += how(lesson, net)
    say(f"{lesson.name} {lesson.title}, trained on {trained_on}{known} ({net.file})")
    if "mnist" in lesson.datasets and data.find(trained_on).embedded:
        say(f"jaxdl run {lesson.name} --data mnist gives one that reads handwriting better")


def how(lesson: Lesson, net: Net) -> str:
    """When it was trained, and whether in full; "" where nobody knows."""
    if net.when is None:
        return ""
    day, _, time = net.when.partition("T")
    trained = f", on {day} at {time[:5]}"
    if net.quick:
        return f"{trained}, in a short run (--quick); jaxdl run {lesson.name} trains it in full"
    return f"{trained}, in full"


def ranking(names: list[str], row: list[float]) -> str:
    """The class with its probability, then the next two."""
    first, *others = sorted(zip(row, names, strict=True), reverse=True)[:3]
    told = ", ".join(f"{name} {probability:.1%}" for probability, name in others)
    return f"{first[1]}  {first[0]:.1%}  (then {told})"
