"""Loading a dataset from where it is, and preparing, checking and looking for it.

Original files are looked for in the folder that JAXDL_DATA_DIR names, then what `prepare` made
in the one that TFDS_DATA_DIR names, or else in ~/tensorflow_datasets. Neither NumPy nor
scikit-learn is imported before a dataset is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from jaxdl._optional import need
from jaxdl.data.catalogue import find
from jaxdl.data.dataset import Dataset
from jaxdl.data.entry import Entry, File, Source, how_to_get, locate
from jaxdl.data.errors import DataError


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
    if source.kind == "tfds":
        from jaxdl.data.store import decoded  # NumPy

        return Dataset(name, *decoded.load(entry, folder), str(folder))
    from jaxdl.data.sets import READERS  # NumPy

    train, test = READERS[name](entry, *source.paths(folder))
    return Dataset(name, train, test, "embedded" if source.kind == "embedded" else str(folder))


def state(name: str, directory: str | os.PathLike[str] | None = None) -> str:
    """Whether a dataset can be loaded: "embedded", "ready", or what to do; opens no file."""
    entry = find(name)
    located = locate(entry, directory)
    if located is None:
        return how_to_get(entry, directory)
    return "embedded" if located[0].kind == "embedded" else "ready"


def prepare(name: str, report: Callable[[str], object] = print) -> Path:
    """Download a dataset's published files, check them, and store what is in them.

    Does nothing where that is done already, and begins anew where a process was killed meanwhile.
    Without TensorFlow.

    Args:
        name: a key of CATALOGUE.
        report: takes a line about what is done next.

    Returns:
        The folder it is stored in.

    Raises:
        DataError: for an unknown name, a dataset that needs no preparation or whose files are
            published nowhere, a download that fails or is not the published file, and for what is
            stored already and has been damaged since.
        OSError: where the disk is full or not writable.
    """
    entry = find(name)
    for source in entry.sources:
        folder = source.folder(None)
        if source.kind == "tfds":
            if folder is None:
                raise DataError("there is no home folder to keep datasets in; set TFDS_DATA_DIR")
            if source.missing(folder):
                need("tensorflow_datasets", f"preparing {name}")
                from jaxdl.data.store.prepared import build  # TensorFlow Datasets

                build(entry, source, folder, report)
            from jaxdl.data.store import decoded  # NumPy

            decoded.load(entry, folder)  # reads it back, and keeps the arrays
            return folder
    if entry.embedded and locate(entry) is None:
        raise DataError(f"{name} needs no preparation: {how_to_get(entry)}")
    if entry.embedded:
        raise DataError(f"{name} needs no preparation: it comes with the installation")
    raise DataError(f"{name} has no published address to download from; {how_to_get(entry)}")


def verify(name: str, directory: str | os.PathLike[str] | None = None) -> list[str]:
    """Read a dataset in full and report on it, one line for the whole and one for each file.

    A published checksum that differs is reported and no error: a file may be sound without being
    the original.

    Raises:
        DataError: as `load`.
    """
    entry = find(name)
    source, folder = _at_hand(entry, directory)
    if source.kind == "tfds":
        need("tensorflow_datasets", f"reading {name} in full")
        from jaxdl.data.store import decoded  # NumPy
        from jaxdl.data.store.prepared import read  # TensorFlow Datasets

        dataset = Dataset(name, *read(entry, folder), str(folder))  # not what was kept of it
        same = decoded.read(entry, folder) is not None
        kept = "match what is stored" if same else "do not match, the next load writes them anew"
        files = [f"{file.path}: matched the published file" for file in source.files]
        files.append(f"{folder / decoded.FOLDER}: the decoded arrays {kept}")
    else:
        dataset = load(name, directory)
        found = zip(source.files, source.paths(folder), strict=True)
        files = [f"{path}: {_compare(file, path)}" for file, path in found]
    counts = f"{len(dataset.train)} train"
    if dataset.test is not None:
        counts += f" and {len(dataset.test)} test"
    return [f"{name}: {counts} examples from {dataset.source}", *files]


def _at_hand(entry: Entry, directory: str | os.PathLike[str] | None) -> tuple[Source, Path]:
    located = locate(entry, directory)
    if located is None:
        raise DataError(f"{entry.name}: {how_to_get(entry, directory)}")
    return located


def _compare(file: File, path: Path) -> str:
    if path.is_dir():
        return "structure is sound (unpacked: the published checksum is of the other form)"
    if file.sha256 is None:
        return "structure is sound (no checksum is published)"
    import hashlib

    from jaxdl.data.formats.stream import GZIP_MAGIC  # NumPy

    with path.open("rb") as data:
        packed = data.read(2) == GZIP_MAGIC
        if packed != file.path.endswith(".gz"):
            form = "packed" if packed else "unpacked"
            return f"structure is sound ({form}: the published checksum is of the other form)"
        data.seek(0)
        if hashlib.file_digest(data, "sha256").hexdigest() == file.sha256:
            return "matches the published file"
    return "differs from the published checksum, structure is sound"
