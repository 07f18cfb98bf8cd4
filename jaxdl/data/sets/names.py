"""Names and the countries they come from: the lecture's two files, and our own of surnames."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

import numpy as np

from jaxdl.data.dataset import Dataset, Split
from jaxdl.data.entry import Entry
from jaxdl.data.errors import DataError
from jaxdl.data.formats import read_rows

SURNAMES = ["name", "country", "split"]  # the columns of our own file


def read_names(path: str | PathLike[str], entry: Entry, rows: int) -> Split:
    """Read a table of names and countries, plain or gzip.

    The rows are those of `list(csv.reader(gzip.open(path, "rt")))`, a PyTorch script's own line:
    nothing is trimmed, dropped or put in order.

    Args:
        path: the file.
        entry: its class_names are the countries it may hold, `longest` the characters of a name.
        rows: names it must have.

    Raises:
        DataError: naming the line, for more or fewer than two columns, an empty or too long name,
            one that is not printable ASCII, a country that is not among them, too few or too many
            rows; or for damaged text or compression.
    """
    read = [_row(entry, place, fields, 2) for place, fields in _exactly(rows, path)]
    return _split(read)


def read_surnames(path: str | PathLike[str], entry: Entry) -> tuple[Split, Split]:
    """Read the file that `tools.surnames` writes: the training and the test surnames, sorted.

    Raises:
        DataError: as `read_names`; for another header, a split that is neither train nor test.
    """
    splits: dict[str, list[tuple[str, int]]] = {"train": [], "test": []}
    for number, (place, fields) in enumerate(_exactly(2 + sum(entry.examples), path), 1):
        if number == 2 and fields != SURNAMES:
            raise DataError.in_file(place, f"the header {','.join(SURNAMES)}", ascii(fields))
        if number > 2:  # the first line tells what the file was made from
            row = _row(entry, place, fields, 3)
            if fields[2] not in splits:
                raise DataError.in_file(place, "the split train or test", ascii(fields[2]))
            splits[fields[2]].append(row)
    for (name, rows), count in zip(splits.items(), entry.examples, strict=True):
        if len(rows) != count:
            raise DataError.in_file(path, f"{count} {name} names", len(rows))
    return _split(splits["train"]), _split(splits["test"])


def leak_free(dataset: Dataset) -> Split:
    """The test rows whose name does not stand in the training set, of whatever country, in order.

    A name is the same if it is, character by character: "See" is not "See ". What is left may still
    hold a name several times, and of several countries.

    Raises:
        ValueError: for a dataset that has no test set, or whose examples are not strings.
    """
    train, test = dataset.train, dataset.test
    if test is None or train.x.dtype.kind != "U":
        raise ValueError(f"{dataset.name} is not a dataset of names with a test set")
    new = ~np.isin(test.x, train.x)
    return Split(test.x[new], test.y[new])


def _exactly(rows: int, path: str | PathLike[str]) -> Iterable[tuple[str, list[str]]]:
    """The rows of a file, which has that many."""
    number = 0
    for number, (place, fields) in enumerate(read_rows(path), 1):
        if number > rows:
            raise DataError.in_file(place, f"the end after {rows} rows", "another row")
        yield place, fields
    if number < rows:
        raise DataError.in_file(path, f"{rows} rows", number)


def _row(entry: Entry, place: str, fields: list[str], columns: int) -> tuple[str, int]:
    """The name in a row, and the label of its country."""
    if len(fields) != columns:
        raise DataError.in_file(place, f"{columns} columns", len(fields))
    name, country = fields[:2]
    if not 1 <= len(name) <= entry.longest:
        expected = f"a name of 1 to {entry.longest} characters"
        raise DataError.in_file(place, expected, len(name))
    if not (name.isascii() and name.isprintable()):
        raise DataError.in_file(place, "a name in printable ASCII", ascii(name))
    if country not in entry.class_names:
        expected = f"a country of {entry.class_names[0]} to {entry.class_names[-1]}"
        raise DataError.in_file(place, expected, ascii(country))
    return name, entry.class_names.index(country)


def _split(rows: list[tuple[str, int]]) -> Split:
    names, labels = zip(*rows, strict=True)
    return Split(np.array(names), np.array(labels, np.int32))
