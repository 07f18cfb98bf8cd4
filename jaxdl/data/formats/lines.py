"""The lines of a table in text, whichever editor or spreadsheet saved it."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from jaxdl.data.errors import DataError
from jaxdl.data.formats.stream import open_stream

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8; spreadsheets begin a file with it
MAX_BLANK = 100  # blank lines at the end; more of them are taken for rows


def read_lines(path: str | PathLike[str], limit: int) -> Iterator[tuple[str, bytes]]:
    """Read a text line by line, plain or gzip: of each line the place it stands in, and its bytes.

    A byte-order mark at the start and blank lines at the end say nothing, and are left out.

    Args:
        path: the file.
        limit: bytes that a line must be shorter than.

    Raises:
        DataError: naming the line, for one that is too long; for damaged compression.
    """
    blank: list[tuple[str, bytes]] = []  # lines of which it is not known yet if they end the file
    with open_stream(path) as stream:
        for number, line in enumerate(iter(lambda: stream.line(limit), b""), 1):
            place = f"{path}, line {number}"
            if len(line) == limit:
                raise DataError.in_file(place, f"fewer than {limit} bytes", "more")
            if number == 1:
                line = line.removeprefix(BYTE_ORDER_MARK)
            blank.append((place, line))
            if line.strip(b" \t\r\n") or len(blank) > MAX_BLANK:
                yield from blank
                blank.clear()
