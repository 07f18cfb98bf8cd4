"""The passengers of the Titanic: from OpenML's comma-separated text to ten features each.

Source: OpenML dataset 40945, by F. E. Harrell Jr. and T. Cason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from os import PathLike

import numpy as np
from jaxtyping import Float32, Float64

from jaxdl.data.errors import DataError
from jaxdl.data.formats import read_rows

MISSING = "?"
PORTS = (0.0, 1.0, 2.0)  # Cherbourg, Queenstown, Southampton


def read_titanic(path: str | PathLike[str], rows: int) -> Float32[np.ndarray, "rows 11"]:
    """Read the table of passengers, plain or gzip: ten features from −1 to 1, and the label.

    | column | what it tells | where the file has none |
    |---|---|---|
    | 0 | pclass: third 1, second 0, first −1 | |
    | 1 | sex: female 1, male −1 | |
    | 2 | age: the oldest 1, the youngest −1 | the median (263 of 1309) |
    | 3 | whether the age is known: yes 1, no −1 | |
    | 4, 5 | sibsp, parch, the relatives aboard: the most 1, the fewest −1 | |
    | 6 | log(1 + fare): the highest 1, the lowest −1 | the median (1 of 1309) |
    | 7, 8, 9 | embarked in Cherbourg, Queenstown, Southampton: yes 1, no −1 | no (2 of 1309) |
    | 10 | the label: survived 1, lost 0 | |

    A passenger without an age is kept, and marked, because that it is missing tells something:
    fewer of them survived. The logarithm is there for the few fares that are thirty times the
    median. Not features: boat and body, which are known only after the outcome and give it away;
    name, ticket, cabin and home, which are text.

    Args:
        path: the file.
        rows: passengers it must have.

    Raises:
        DataError: naming the line, for another header, text that is not UTF-8 or not quoted as in
            CSV, too few or too many fields, a value that its column cannot have, too few or too
            many rows; for a column to be scaled that has only one value; for damaged
            compression.
    """
    passengers: list[list[float]] = []
    for number, (place, fields) in enumerate(read_rows(path), 1):
        if number == 1:
            if fields != list(COLUMNS):
                raise DataError.in_file(place, f"the header {_text(COLUMNS)}", _text(fields))
        elif len(passengers) == rows:
            raise DataError.in_file(place, f"the end after {rows} rows", "another row")
        else:
            passengers.append(_values(place, fields))
    if len(passengers) < rows:
        raise DataError.in_file(path, f"{rows} rows", len(passengers))
    table = np.array(passengers, np.float64).T  # (14, rows), NaN where there is no number
    column = dict(zip(COLUMNS, table, strict=True))

    def scaled(name: str) -> Float64[np.ndarray, " rows"]:
        """A column with its gaps filled, moved and stretched to run from −1 to 1."""
        values = column[name]
        if len(np.unique(values[~np.isnan(values)])) < 2:
            raise DataError.in_file(path, f"different values in the column {name}", "one or none")
        values = np.where(np.isnan(values), np.nanmedian(values), values)
        return 2 * (values - values.min()) / (values.max() - values.min()) - 1

    column["known"] = np.where(np.isnan(column["age"]), -1, 1)
    column["fare"] = np.log1p(column["fare"])
    features = [
        column["pclass"],
        column["sex"],
        scaled("age"),
        column["known"],
        scaled("sibsp"),
        scaled("parch"),
        scaled("fare"),
        *(np.where(column["embarked"] == port, 1, -1) for port in PORTS),
    ]
    return np.stack([*features, column["survived"]], axis=1).astype(np.float32)


def _values(place: str, fields: list[str]) -> list[float]:
    if len(fields) != len(COLUMNS):
        raise DataError.in_file(place, f"{len(COLUMNS)} columns", len(fields))
    row = []
    for (name, parse), field in zip(COLUMNS.items(), fields, strict=True):
        try:
            row.append(parse(field))
        except (KeyError, ValueError):
            expected = f"a value of the column {name}"
            raise DataError.in_file(place, expected, ascii(field)) from None
    return row


def _measure(field: str) -> float:
    """A number as this file writes them, 0.9167, or NaN."""
    if field == MISSING:
        return np.nan
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", field):  # float() takes nan, 1_0 and ٣, too
        raise ValueError
    return float(field)


def _count(field: str) -> float:
    if not re.fullmatch("[0-9]{1,2}", field):
        raise ValueError
    return float(field)


def _words(field: str) -> float:
    """NaN for any text but an empty one: the file marks what is missing with a question mark."""
    if not field:
        raise ValueError
    return np.nan


# The columns in the file's order, and how a field of each becomes a number.
COLUMNS: dict[str, Callable[[str], float]] = {
    "pclass": {"1": -1.0, "2": 0.0, "3": 1.0}.__getitem__,
    "survived": {"0": 0.0, "1": 1.0}.__getitem__,
    "name": _words,
    "sex": {"male": -1.0, "female": 1.0}.__getitem__,
    "age": _measure,
    "sibsp": _count,
    "parch": _count,
    "ticket": _words,
    "fare": _measure,
    "cabin": _words,
    "embarked": dict(zip("CQS?", (*PORTS, np.nan), strict=True)).__getitem__,
    "boat": _words,
    "body": _measure,
    "home.dest": _words,
}


def _text(fields: Iterable[str]) -> str:
    return ascii(",".join(fields))
