"""`jaxdl compare l04`: the functional program against the imperative one."""

from __future__ import annotations

from typing import Any

import click

from jaxdl.cli.options import DEVICE, JSON, PerLesson, config_from, config_options
from jaxdl.cli.output import PLACE, check_place, write_json, writing
from jaxdl.cli.progress import telling
from jaxdl.cli.yours import both, read_pair
from jaxdl.course import Lesson
from jaxdl.course.compare_lesson import compare_lesson
from jaxdl.parity import Comparison, report

OPTIONS = [
    click.Option(["--steps"], type=click.IntRange(min=1), default=100, show_default=True,
                 help="Length of the compared trajectory; a shorter run is compared whole."),
    click.Option(["--precision"], type=click.Choice(["float32", "float64"]), default="float32",
                 show_default=True, help="Of both programs."),
    click.Option(["--against"], type=click.Choice(["golden", "torch"]), default="golden",
                 show_default=True, help="The committed values of the twin, or the twin run now."),
    DEVICE,
    JSON,
]  # fmt: skip


def one(lesson: Lesson) -> click.Command:
    """`jaxdl compare l04`; the lesson's own flags compare that Config instead of its variants."""

    def callback(
        steps: int, precision: str, against: str, json_path: str | None, **flags: Any
    ) -> int:
        from jaxdl.course.cache import use_compilation_cache

        check_place(json_path)
        use_compilation_cache()
        config = config_from(lesson, flags)
        found = compare_lesson(
            lesson,
            None if config == lesson.config() else config,
            steps=steps,
            precision=precision,
            against=against,
        )
        agree = all(comparison.agree for comparison in found.values())
        if json_path != "-":
            for variant, comparison in found.items():
                tell(lesson, variant, comparison, against)
        write_json(json_path, document(lesson, against, found))
        return 0 if agree else 1

    params: list[click.Parameter] = [*OPTIONS, *config_options(lesson)]
    return click.Command(
        lesson.name,
        callback=callback,
        params=params,
        help=f"Compare {lesson.title!r} with PyTorch.",
    )


def document(lesson: Lesson, against: str, found: dict[str, Comparison]) -> dict[str, Any]:
    """`jaxdl compare --json`, schema 1: the first variant's fields, and all variants by name."""
    variants = {variant: report.as_json(comparison) for variant, comparison in found.items()}
    return {
        "schema": 1,
        "lesson": lesson.name,
        "against": against,
        "torch": torch_version(lesson, against),
        **next(iter(variants.values())),
        "agree": all(comparison.agree for comparison in found.values()),
        "variants": variants,
    }


def torch_version(lesson: Lesson, against: str) -> str:
    """The version that gave the numbers: the golden file's, or the one installed."""
    if against == "golden":
        from jaxdl.course import golden

        return golden.metadata(lesson)["torch"]
    from importlib.metadata import version

    return version("torch")


def tell(lesson: Lesson, variant: str, comparison: Comparison, against: str) -> None:
    """One comparison in a few lines."""
    source = f"PyTorch {torch_version(lesson, against)}, {against}"
    name = lesson.name if variant == "default" else f"{lesson.name} {variant}"
    print(f"{name} against {source}, {comparison.precision}, {comparison.steps} steps")
    for line in report.lines(comparison):
        print(f"  {line}")


def yours(name: str) -> click.Command:
    """`jaxdl compare yours.py`."""

    def callback(steps: int, layers: bool, html: str | None, json_path: str | None) -> int:
        from jaxdl import parity

        check_place(html)
        check_place(json_path)
        pair = read_pair(name)
        with telling() as tell:
            tell("comparing")
            found = both(name, pair, parity.compare, steps=steps, layers=layers)
        if json_path != "-":
            click.echo(f"{name}, {found.precision}, {steps} steps")
            for line in report.lines(found):
                click.echo(f"  {line}")
        if html:
            with writing(html) as part:
                part.write_text(report.page(found, name), "utf-8")
        write_json(json_path, {"schema": 1, "file": name, "steps": steps, **report.as_json(found)})
        return 0 if found.agree else 1

    return click.Command(
        name,
        callback=callback,
        params=[
            click.Option(
                ["--steps"],
                type=click.IntRange(min=0),
                default=0,
                show_default=True,
                help="Compare so many training steps, with optimizer and torch_optimizer.",
            ),
            click.Option(
                ["--layers/--no-layers"], default=True, help="Compare every module's output."
            ),
            click.Option(["--html"], type=PLACE, metavar="PATH", help="Write a report to look at."),
            JSON,
        ],
        help="Compare the two models of a file: params, apply, loss; model, torch_loss; batch.",
    )


class LessonOrFile(PerLesson):
    """`jaxdl compare l04`, `jaxdl compare yours.py`."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A lesson's subcommand, or that of a file."""
        if cmd_name.endswith(".py"):
            return yours(cmd_name)
        return super().get_command(ctx, cmd_name)


command = LessonOrFile(
    "compare",
    build=one,
    subcommand_metavar="LESSON | FILE.py [OPTIONS]",
    help="Hold a lesson, or the two models of a file of yours, against PyTorch.",
)
