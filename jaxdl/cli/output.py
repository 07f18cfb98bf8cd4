"""What commands write besides their text: JSON and pictures, whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jaxdl._files import replacing
from jaxdl.errors import InputError


def check_folder(path: str | None) -> None:
    """Fail before the work is done, not after it.

    Raises:
        InputError: the folder that is to hold the file does not exist.
    """
    if path and path != "-" and not Path(path).absolute().parent.is_dir():
        raise InputError(
            f"{path}: there is no folder {Path(path).absolute().parent}; create it first"
        )


def write_json(path: str | None, document: Any) -> None:
    """Write a document; None writes nothing, "-" is standard output."""
    if path is None:
        return
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    if path == "-":
        sys.stdout.write(text)
    else:
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")
