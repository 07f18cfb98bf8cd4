"""A trained net: found, checked, told of, and used as a classifier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from jaxdl import data, lessons
from jaxdl.cli.training import trained_path, use_compilation_cache
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float32

CHECKPOINT = click.Option(
    ["--checkpoint"], metavar="DIR", help="The newest net of that run, not the last one trained."
)


@dataclass(frozen=True)
class Net:
    """A trained net: where it was kept, how it was trained, what it reached then, where known."""

    file: str
    config: Any
    params: Any
    result: Mapping[str, Any] | None


def load_net(lesson: lessons.Lesson, checkpoint: str | None) -> Net:
    """The net that was trained last, or the newest of a directory of checkpoints.

    Raises:
        InputError: there is none, it is damaged, or it is not this lesson's.
    """
    if checkpoint is not None:
        from jaxdl.train.checkpoints import read

        where = checkpoint
        params, run = read(checkpoint, lambda line: click.echo(f"jaxdl: {line}", err=True))
    else:
        path = trained_path(lesson)
        if not path.is_file():
            better = "; with --data mnist it reads handwriting better"
            raise InputError(
                f"no net of {lesson.name} is trained yet: jaxdl run {lesson.name} does it"
                f"{better if 'mnist' in lesson.datasets else ''}"
            )
        from jaxdl.train.trained import load_trained

        where = str(path)
        params, run = load_trained(path)
    if run.get("lesson") != lesson.name:
        raise InputError(
            f"{where} holds a net of {run.get('lesson')}, not of {lesson.name}; "
            f"jaxdl predict {run.get('lesson')} uses it"
        )
    return Net(where, config_of(lesson, run.get("config") or {}, where), params, run.get("result"))


def config_of(lesson: lessons.Lesson, values: Mapping[str, Any], where: str) -> Any:
    """The lesson's Config with the values that a net was trained with.

    Raises:
        InputError: they are not the fields that the lesson has now.
    """
    names = {field.name for field in fields(lesson.config)}
    differing = [
        *(f"lacks {name}" for name in sorted(names - set(values))),
        *(f"has {name}" for name in sorted(set(values) - names)),
    ]
    if differing:
        raise InputError(
            f"{where} was trained with other fields than {lesson.name} has "
            f"(it {', it '.join(differing)}); train again: jaxdl run {lesson.name}"
        )
    return lesson.config(**values)


@contextmanager
def fitting(lesson: lessons.Lesson, net: Net) -> Iterator[Any]:
    """Within it the lesson's program is run with the net's parameters, which it gives.

    Raises:
        InputError: the net is of another shape than the lesson's program is now.
    """
    import jax

    use_compilation_cache()
    try:
        yield jax.tree.map(jax.numpy.asarray, net.params)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # Flax's, of a wrong tree
        raise InputError(
            f"{net.file} does not fit the program of {lesson.name} as it is now ({error}); "
            f"train again: jaxdl run {lesson.name}"
        ) from error


def classifier(
    lesson: lessons.Lesson, net: Net, entry: data.Entry
) -> Callable[[Any], Float32[np.ndarray, "n classes"]]:
    """The function from examples, as `inputs` of the lesson takes them, to probabilities.

    It gives the probability of each class of the dataset, softmax of the net's logits, and raises
    as `fitting` does.
    """
    import jax
    import numpy as np

    from jaxdl.parity.records import bind
    from jaxdl.train import logits

    program = lesson.functional
    apply = bind(program.apply, net.config)  # one object: compiled once for each count of examples

    def classify(examples: Any) -> Float32[np.ndarray, "n classes"]:
        with fitting(lesson, net) as params:
            scores = logits(apply, params, program.inputs(examples))
            if scores.shape[1] != entry.classes:
                raise ValueError(f"{scores.shape[1]} classes, and {entry.name} has {entry.classes}")
        return np.asarray(jax.nn.softmax(scores))

    return classify


def head(lesson: lessons.Lesson, net: Net) -> dict[str, Any]:
    """What every document of `--json` begins with."""
    about = {"file": net.file, "config": asdict(net.config), "result": net.result}
    return {"schema": 1, "lesson": lesson.name, "net": about}


def class_names(entry: data.Entry) -> list[str]:
    """What each class is called."""
    return [entry.class_name(label) for label in range(entry.classes)]


def tell_net(lesson: lessons.Lesson, net: Net, what: str) -> None:
    """Which net answers, how often it was right, and how to get a better one.

    Args:
        what: its examples, in a word.
    """
    result = net.result or {}
    share = result.get("test accuracy", result.get("exact match"))
    known = "" if share is None else f", right on {share:.1%} of its test {what}"
    trained_on = getattr(net.config, "data", None) or net.config.task
    print(f"{lesson.name} {lesson.title}, trained on {trained_on}{known} ({net.file})")
    if "mnist" in lesson.datasets and data.find(trained_on).embedded:
        print(f"jaxdl run {lesson.name} --data mnist gives one that reads handwriting better")


def classified(names: list[str], row: list[float], called: str) -> dict[str, Any]:
    """The likeliest class, as a document has it.

    Args:
        names: of the classes.
        row: their probabilities.
        called: the key that the class's name has.
    """
    most = max(row)
    best = row.index(most)
    return {"class": best, called: names[best], "probability": most, "probabilities": row}


def ranking(names: list[str], row: list[float]) -> str:
    """The class with its probability, then the next two."""
    first, *others = sorted(zip(row, names, strict=True), reverse=True)[:3]
    told = ", ".join(f"{name} {probability:.1%}" for probability, name in others)
    return f"{first[1]}  {first[0]:.1%}  (then {told})"
