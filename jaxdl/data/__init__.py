"""Named datasets, strictly read: `load("digits")`, and what is at hand: `state("mnist")`.

Original files are looked for in the folder that JAXDL_DATA_DIR names. This module imports neither
NumPy nor scikit-learn before a dataset is loaded.
"""

from __future__ import annotations

import os
from pathlib import Path

from jaxdl.data.catalogue import CATALOGUE, DATA_DIR, Entry, File, Source, find, how_to_get, locate
from jaxdl.data.dataset import Dataset, Split
from jaxdl.data.errors import DataError

__all__ = [
    "CATALOGUE",
    "DATA_DIR",
    "DataError",
    "Dataset",
    "Entry",
    "File",
    "Source",
    "Split",
    "find",
    "load",
    "state",
    "verify",
]


def load(name: str, directory: str | os.PathLike[str] | None = None) -> Dataset:
    """Load a dataset.

    Args:
        name: a key of CATALOGUE.
        directory: the folder of original files; JAXDL_DATA_DIR where None.

    Raises:
        DataError: for an unknown name, files that are not there, files that are not sound.
    """
    entry = find(name)
    source, folder = _at_hand(entry, directory)
    from jaxdl.data.readers import READERS  # NumPy

    paths = [folder / file.path for file in source.files]
    train, test = READERS[name](entry, *paths)
    return Dataset(name, train, test, "embedded" if source.kind == "embedded" else str(folder))


def state(name: str, directory: str | os.PathLike[str] | None = None) -> str:
    """Whether a dataset can be loaded: "embedded", "ready", or what to do; opens no file."""
    entry = find(name)
    located = locate(entry, directory)
    if located is None:
        return how_to_get(entry, directory)
    return "embedded" if located[0].kind == "embedded" else "ready"


def verify(name: str, directory: str | os.PathLike[str] | None = None) -> list[str]:
    """Read a dataset in full and report on it, one line for the whole and one for each file.

    A published checksum that differs is reported and no error: a file may be sound without being
    the original.

    Raises:
        DataError: as `load`.
    """
    dataset = load(name, directory)
    source, folder = _at_hand(find(name), directory)
    counts = f"{len(dataset.train)} train"
    if dataset.test is not None:
        counts += f" and {len(dataset.test)} test"
    files = [f"{folder / file.path}: {_compare(file, folder)}" for file in source.files]
    return [f"{name}: {counts} examples from {dataset.source}", *files]


def _at_hand(entry: Entry, directory: str | os.PathLike[str] | None) -> tuple[Source, Path]:
    located = locate(entry, directory)
    if located is None:
        raise DataError(f"{entry.name}: {how_to_get(entry, directory)}")
    return located


def _compare(file: File, folder: Path) -> str:
    if file.sha256 is None:
        return "structure is sound (no checksum is published)"
    import hashlib

    with open(folder / file.path, "rb") as data:
        if hashlib.file_digest(data, "sha256").hexdigest() == file.sha256:
            return "matches the published file"
    return "differs from the published checksum, structure is sound"
