"""A running text."""

from __future__ import annotations

from os import PathLike

import numpy as np
from jaxtyping import UInt8

from jaxdl.data.errors import DataError
from jaxdl.data.formats.stream import open_stream


def read_text(path: str | PathLike[str], length: int) -> UInt8[np.ndarray, " length"]:
    """Read a text in ASCII, plain or gzip: its bytes as they are, line ends and all.

    Args:
        path: the file.
        length: characters it must have.

    Raises:
        DataError: for fewer or more characters, damaged compression; naming the line, for one that
            is not ASCII.
    """
    with open_stream(path) as stream:
        content = stream.take(length, "a text")
        stream.end("the text")
    codes = np.frombuffer(content, np.uint8)
    if (wrong := np.flatnonzero(codes > 127)).size:
        at = int(wrong[0])
        line = 1 + content.count(b"\n", 0, at)
        place = f"{path}, line {line}"
        raise DataError.in_file(place, "a text in ASCII", f"the byte {content[at]:#04x}")
    return codes.copy()
