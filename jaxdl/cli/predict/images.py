"""`jaxdl predict l10 IMAGE…`: what the net sees in pictures.

`--json` writes

    {…, "classes": [name of each class],
     "pictures": [{"file", "class": its number, "name", "probability",
                   "probabilities": [of each class]}]}
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import click

from jaxdl import data
from jaxdl.cli.options import DEVICE, JSON
from jaxdl.cli.output import PLACE, check_place, write_json
from jaxdl.cli.predict.asked import STDIN, standard_input
from jaxdl.cli.predict.net import CHECKPOINT, NET, load_net, ranking, tell_net
from jaxdl.cli.predict.shades import shaded
from jaxdl.course import Lesson
from jaxdl.course.predict import (
    class_names,
    classified,
    classifier,
    head,
    read_pictures,
)
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import UInt8

IMAGES = click.Argument(["images"], nargs=-1, required=True, type=PLACE, metavar="IMAGE…")
LARGEST = 1 << 28  # bytes of a picture on standard input
SHOW = click.Option(["--show"], is_flag=True, help="Draw each picture as the net sees it.")


def one(lesson: Lesson) -> click.Command:
    """`jaxdl predict l10`."""

    def callback(
        images: tuple[str, ...],
        checkpoint: str | None,
        file: str | None,
        show: bool,
        json_path: str | None,
    ) -> int:
        check_place(json_path)
        net = load_net(lesson, checkpoint, file)
        entry = data.find(net.config.data)
        names = class_names(entry)
        if images.count(STDIN) > 1:
            raise InputError(f"{STDIN} is standard input, and that is one picture; give it once")
        example = f"jaxdl predict {lesson.name} {STDIN} < picture.png"
        opened = [
            BytesIO(standard_input("a picture", example, LARGEST)) if image == STDIN else image
            for image in images
        ]
        pictures = read_pictures(opened, entry)
        called = ["standard input" if image == STDIN else image for image in images]
        rows = classifier(lesson, net, entry)(pictures).tolist()
        found = [
            {"file": image} | classified(names, row, "name")
            for image, row in zip(images, rows, strict=True)
        ]
        if json_path != "-":
            tell_net(lesson, net, "images")
            for image, picture, row in zip(called, pictures, rows, strict=True):
                if show:
                    print(drawn(picture))
                print(f"{image}: {ranking(names, row)}")
        write_json(json_path, head(lesson, net) | {"classes": names, "pictures": found})
        return 0

    return click.Command(
        lesson.name,
        callback=callback,
        params=[IMAGES, CHECKPOINT, NET, DEVICE, SHOW, JSON],
        help=f"Classify pictures by the net of {lesson.title!r}: a digit on paper, photographed "
        "or drawn, dark on light or light on dark, of any size. - reads one from standard input.",
        short_help=f"Classify pictures by the net of {lesson.title!r}.",
    )


def drawn(picture: UInt8[np.ndarray, "h w ..."]) -> str:
    """A picture in characters."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=-1)
    return "\n".join(line.rstrip() for line in shaded(grey, most=256))
