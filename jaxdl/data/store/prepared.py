"""Datasets in TensorFlow Datasets' store, written and read back without TensorFlow.

Importing this module imports tensorflow_datasets, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

from jaxdl.data.dataset import Split
from jaxdl.data.entry import Entry, Source
from jaxdl.data.errors import DataError
from jaxdl.data.sets.readers import check_labels
from jaxdl.data.store.builders import Images, Names, Published, Tables, Texts
from jaxdl.data.store.download import fetch


def build(entry: Entry, source: Source, folder: Path, report: Callable[[str], object]) -> None:
    """Download a dataset's files and write its examples into `folder`: all of them, or nothing.

    Args:
        entry: the dataset.
        source: its files and their address.
        folder: two below TFDS_DATA_DIR, named for builder and version.
        report: takes a line about what is done next.

    Raises:
        DataError: for a download that fails or differs from the published file.
        OSError: where the disk is full or not writable.
    """
    home = folder.parent.parent
    downloads = home / "downloads" / folder.parent.name
    for file in source.files:
        fetch(file, downloads, report)
    report(f"writing {folder}")
    tfds.disable_progress_bar()
    builder = _kind(entry)(entry, source, data_dir=home)
    try:
        with redirect_stdout(StringIO()):  # TFDS prints that sizes are unknown
            builder.download_and_prepare(
                download_dir=home / "downloads",
                download_config=tfds.download.DownloadConfig(
                    manual_dir=downloads,  # TFDS itself would wait for ever for a silent server
                    try_download_gcs=False,
                ),
                file_format="array_record",
            )
    except NonMatchingChecksumError as error:  # another process changed a file meanwhile
        raise DataError(f"{downloads}: {error}") from None


def read(entry: Entry, folder: Path) -> tuple[Split, Split | None]:
    """The training and test examples that `build` wrote.

    Raises:
        DataError: for a folder that does not hold them all.
    """
    n_train, n_test = entry.examples
    train = _split(entry, folder, "train", n_train)
    return train, _split(entry, folder, "test", n_test) if n_test else None


def _kind(entry: Entry) -> type[Published]:
    if entry.is_text:
        return Texts
    return {0: Names, 1: Tables}.get(len(entry.features), Images)


def _split(entry: Entry, folder: Path, name: str, n: int) -> Split:
    kind = _kind(entry)
    advice = "remove that folder and prepare the dataset again"
    try:
        stored: Any = tfds.builder_from_directory(folder)  # its methods' types are not known
        source = stored.as_data_source(name)
        examples = source.__getitems__(range(len(source)))  # at once: one by one takes far longer
        split = kind.unpack(examples)
    except Exception as error:  # array_record's, protobuf's, JSON's: whatever is wrong with it
        found = f"damage ({' '.join(str(error).split())})"
        raise DataError.in_file(folder, f"a sound {name} split", found, advice) from None
    if (shape := split.x.shape[1:]) != entry.features:
        raise DataError.in_file(folder, f"examples of shape {entry.features}", shape, advice)
    if len(split) != n:
        raise DataError.in_file(folder, f"{n} {name} examples", len(split), advice)
    check_labels(folder, split.y.ravel(), entry.classes)
    return split
