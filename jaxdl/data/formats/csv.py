"""Tables of numbers in comma-separated text."""

from __future__ import annotations

from os import PathLike

import numpy as np
from jaxtyping import Float32

from jaxdl.data.errors import DataError
from jaxdl.data.formats.lines import read_lines

MAX_FIELD = 64  # bytes; a float64 written out in full takes 24
MAX_ROWS = 1_000_000
ALPHABET = b"0123456789+-.eE \t"  # float() would also take nan, inf, 1_000 and ٣
FLOAT32_OVERFLOW = (2 - 2**-24) * 2.0**127  # from here on, float32 rounds to infinity


def read_csv(
    path: str | PathLike[str], columns: int, *, rows: int | None = None, skip: int = 0
) -> Float32[np.ndarray, "rows columns"]:
    """Read a table of finite numbers, plain or gzip.

    The values are those of `np.loadtxt(path, delimiter=",", dtype=np.float32)`: each field is
    parsed to float64, then rounded. A byte-order mark at the start and blank lines at the end are
    passed over.

    Args:
        path: the file.
        columns: fields in every line.
        rows: lines the table must have, or None for any number from 1 to MAX_ROWS. Text has no
            header that promises a length: without `rows`, a plain file cut between lines passes.
        skip: lines before the table.

    Raises:
        DataError: naming the line, for a line with too few or too many fields, a field that is
            no finite float32, too few or too many rows; or for damaged compression.
    """
    table: list[list[float]] = []
    for number, (place, line) in enumerate(read_lines(path, columns * MAX_FIELD), 1):
        if number <= skip:
            continue
        if len(table) == (rows or MAX_ROWS):
            raise DataError.in_file(place, f"the end after {len(table)} rows", "another row")
        table.append(_row(place, line, columns))
    if len(table) < (rows or 1):
        raise DataError.in_file(path, f"{rows or 'some'} rows", len(table))
    return np.array(table, np.float64).astype(np.float32)


def _row(place: str, line: bytes, columns: int) -> list[float]:
    fields = line.rstrip(b"\r\n").split(b",")
    if len(fields) != columns:
        raise DataError.in_file(place, f"{columns} columns", len(fields))
    row = []
    for column, field in enumerate(fields, 1):
        try:
            row.append(_number(field))
        except ValueError:
            text = ascii(field.decode("latin-1"))
            expected = f"a finite number in column {column}"
            raise DataError.in_file(place, expected, text) from None
    return row


def _number(field: bytes) -> float:
    if field.translate(None, ALPHABET):
        raise ValueError
    value = float(field)
    if abs(value) >= FLOAT32_OVERFLOW:
        raise ValueError
    return value
