"""What commands write besides their text: JSON and pictures, whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
        in_one_move(path, lambda file: file.write_text(text, encoding="utf-8"))


def in_one_move(path: str, write: Callable[[Path], Any]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it: never half a file."""
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        write(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
