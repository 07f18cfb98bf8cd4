"""`jaxdl predict l10 IMAGE…`: what the net that was trained last sees in a picture.

`--json` writes schema 1:

    {"schema": 1, "lesson": "l10",
     "net": {"file": where it is, "config": how it was trained, "result": its numbers or null},
     "classes": [name of each class],
     "pictures": [{"file", "class": its number, "name", "probability",
                   "probabilities": [of each class]}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from jaxdl import data, lessons
from jaxdl.cli.options import JSON, PerLesson
from jaxdl.cli.output import check_folder, write_json
from jaxdl.cli.run import trained_path, use_compilation_cache
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float32, UInt8

IMAGES = click.Argument(["images"], nargs=-1, required=True, metavar="IMAGE…")
CHECKPOINT = click.Option(
    ["--checkpoint"], metavar="DIR", help="The newest net of that run, not the last one trained."
)
SHOW = click.Option(["--show"], is_flag=True, help="Draw each picture as the net sees it.")

SHADES = " ░▒▓█"


@dataclass(frozen=True)
class Net:
    """A trained net: where it was kept, how it was trained, what it reached then, where known."""

    file: str
    config: Any
    params: Any
    result: Mapping[str, Any] | None


def one(lesson: lessons.Lesson) -> click.Command:
    """`jaxdl predict l10`; a lesson that has no picture to predict from says so."""

    def callback(
        images: tuple[str, ...], checkpoint: str | None, show: bool, json_path: str | None
    ) -> int:
        check_folder(json_path)
        net = load_net(lesson, checkpoint)
        entry = data.find(net.config.data)
        pictures = read_pictures(images, entry)
        probabilities = predict(lesson, net, pictures)
        write_json(json_path, document(lesson, net, entry, images, probabilities))
        if json_path != "-":
            tell_net(lesson, net)
            for image, picture, row in zip(images, pictures, probabilities, strict=True):
                if show:
                    print(drawn(picture))
                print(f"{image}: {ranking(entry, row)}")
        return 0

    def refuse(**_: Any) -> int:
        able = [known.name for known in lessons.lessons() if known.predicts == "image"]
        raise InputError(
            f"{lesson.name} does not look at pictures; those that do are {', '.join(able)}"
        )

    if lesson.predicts != "image":
        anything = click.Argument(["images"], nargs=-1, type=click.UNPROCESSED)
        loose = {"ignore_unknown_options": True}
        return click.Command(
            lesson.name, callback=refuse, params=[anything], context_settings=loose, hidden=True
        )
    return click.Command(
        lesson.name,
        callback=callback,
        params=[IMAGES, CHECKPOINT, SHOW, JSON],
        help=f"Classify pictures by the net of {lesson.title!r}: a digit on paper, photographed "
        "or drawn, dark on light or light on dark, of any size.",
        short_help=f"Classify pictures by the net of {lesson.title!r}.",
    )


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


def read_pictures(images: tuple[str, ...], entry: data.Entry) -> UInt8[np.ndarray, "n ..."]:
    """All pictures, as the examples of that dataset are.

    Raises:
        InputError: one cannot be used.
    """
    import numpy as np

    from jaxdl.data.picture import read_picture

    as_shown = (entry.features, entry.extent, entry.by_mass)
    return np.stack([read_picture(image, *as_shown) for image in images])


def predict(
    lesson: lessons.Lesson, net: Net, pictures: UInt8[np.ndarray, "n ..."]
) -> Float32[np.ndarray, "n classes"]:
    """The probability of each class: softmax of the net's logits.

    Raises:
        InputError: the net is of another shape than the lesson's program is now.
    """
    import jax
    import numpy as np

    from jaxdl.parity.records import bind

    use_compilation_cache()
    program = lesson.functional
    apply, x = bind(program.apply, net.config), program.inputs(pictures)
    try:
        logits = apply(jax.tree.map(jax.numpy.asarray, net.params), x)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # Flax's, of a wrong tree
        raise InputError(
            f"{net.file} does not fit the program of {lesson.name} as it is now ({error}); "
            f"train again: jaxdl run {lesson.name}"
        ) from error
    return np.asarray(jax.nn.softmax(logits))


def document(
    lesson: lessons.Lesson,
    net: Net,
    entry: data.Entry,
    images: tuple[str, ...],
    probabilities: Float32[np.ndarray, "n classes"],
) -> dict[str, Any]:
    """`jaxdl predict --json`; this module's docstring describes it."""
    from dataclasses import asdict

    names = [entry.class_name(label) for label in range(entry.classes)]
    pictures = []
    for image, row in zip(images, probabilities.tolist(), strict=True):
        most = max(row)
        best = row.index(most)
        named = {"file": image, "class": best, "name": names[best], "probability": most}
        pictures.append(named | {"probabilities": row})
    return {
        "schema": 1,
        "lesson": lesson.name,
        "net": {"file": net.file, "config": asdict(net.config), "result": net.result},
        "classes": names,
        "pictures": pictures,
    }


def tell_net(lesson: lessons.Lesson, net: Net) -> None:
    """Which net answers, and how to get a better one."""
    accuracy = (net.result or {}).get("test accuracy")
    known = "" if accuracy is None else f", right on {accuracy:.1%} of its test images"
    print(f"{lesson.name} {lesson.title}, trained on {net.config.data}{known} ({net.file})")
    if data.find(net.config.data).embedded and "mnist" in lesson.datasets:
        print(f"jaxdl run {lesson.name} --data mnist gives one that reads handwriting better")


def ranking(entry: data.Entry, row: Float32[np.ndarray, " classes"]) -> str:
    """The class with its probability, then the next two."""
    first, *others = row.argsort()[::-1][:3]
    told = ", ".join(f"{entry.class_name(label)} {row[label]:.1%}" for label in others)
    return f"{entry.class_name(first)}  {row[first]:.1%}  (then {told})"


def drawn(picture: UInt8[np.ndarray, "h w ..."]) -> str:
    """A picture in characters: two for each pixel, which makes it about square."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=-1)
    shades = grey.astype(int) * len(SHADES) // 256
    return "\n".join("".join(SHADES[shade] * 2 for shade in row).rstrip() for row in shades)


command = PerLesson(
    "predict", build=one, help="Classify a picture of yours by the net trained last."
)
