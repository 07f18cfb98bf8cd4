"""Tables of text, comma-separated, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from os import PathLike

from jaxdl.data.errors import DataError
from jaxdl.data.formats.lines import read_lines

MAX_LINE = 4096  # bytes; the longest of the published files has 160


def read_rows(path: str | PathLike[str]) -> Iterator[tuple[str, list[str]]]:
    """Read a table of text, plain or gzip: of each line the place it stands in, and its fields.

    A field may be quoted, and then hold commas; none runs over lines. A byte-order mark at the
    start and blank lines at the end are passed over.

    Raises:
        DataError: naming the line, for one that is too long, that is not UTF-8, or is not quoted as
            in CSV; for damaged compression.
    """
    for place, line in read_lines(path, MAX_LINE):
        yield place, _fields(place, line)


def _fields(place: str, line: bytes) -> list[str]:
    """The fields of one line, without their quotes."""
    try:
        text = line.decode().removesuffix("\n").removesuffix("\r")
        if "\r" in text:  # which would be the end of a line, too, to a file opened as text
            raise csv.Error("a carriage return in the line")
        return next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError as error:
        raise DataError.in_file(place, "UTF-8", f"damage ({error})") from None
    except csv.Error as error:
        raise DataError.in_file(place, "text quoted as in CSV", f"damage ({error})") from None
