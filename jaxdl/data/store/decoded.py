"""A prepared dataset's arrays, kept as .npy files in its folder: TFDS takes seconds to decode them.

They stand in the folder `decoded`, with a file of checksums as `sha256sum` writes it: of themselves
and of the stored files that they were made from. If either has changed since, they are not used.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np

from jaxdl._files import replacing, unfinished
from jaxdl._optional import need
from jaxdl.data.dataset import Split
from jaxdl.data.entry import Entry

FOLDER = "decoded"
SUMS = "SHA256SUMS"

Splits = tuple[Split, Split | None]


def load(entry: Entry, folder: Path) -> Splits:
    """The splits of a prepared dataset: as they are kept, or else decoded, and kept.

    Raises:
        DataError: for a folder that does not hold them all.
    """
    splits = read(entry, folder)
    if splits is None:
        need("tensorflow_datasets", f"reading {entry.name}")
        from jaxdl.data.store.prepared import read as decode  # TensorFlow Datasets

        splits = decode(entry, folder)
        keep(folder, splits)
    return splits


def read(entry: Entry, folder: Path) -> Splits | None:
    """The arrays that `keep` kept, mapped into memory; None unless they are exactly those.

    An element may be changed: that stays in memory and is not written to the file.
    """
    home = folder / FOLDER
    names = _names(entry.examples[1] > 0)
    try:
        if (home / SUMS).read_text() != _sums(folder, home, names):
            return None
        arrays = [np.load(home / name, mmap_mode="c").view(np.ndarray) for name in names]
    except (OSError, ValueError):  # not there, not readable; no text, no array
        return None
    train, *test = (Split(*arrays[i : i + 2]) for i in range(0, len(arrays), 2))
    shapes = [split.x.shape for split in (train, *test)]
    if shapes != [(n, *entry.features) for n in entry.examples if n]:
        return None
    return train, test[0] if test else None


def keep(folder: Path, splits: Splits) -> None:
    """Write the arrays, all or nothing. Where that cannot be done, loading stays slow."""
    train, test = splits
    arrays = [train.x, train.y] + ([test.x, test.y] if test else [])
    names = _names(test is not None)
    try:
        for left in unfinished(folder / FOLDER):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        with replacing(folder / FOLDER) as part:
            part.mkdir()
            for name, array in zip(names, arrays, strict=True):
                np.save(part / name, array)
            (part / SUMS).write_text(_sums(folder, part, names))
    except OSError:
        pass


def _names(test: bool) -> list[str]:
    splits = ("train", "test") if test else ("train",)
    return [f"{split}_{what}.npy" for split in splits for what in "xy"]


def _sums(folder: Path, home: Path, names: list[str]) -> str:
    """The checksums of what TFDS stored in `folder` and of the arrays in `home`."""
    stored = sorted({*folder.glob("*.array_record*"), *folder.glob("*.json")})
    files = {f"../{path.name}": path for path in stored}
    files |= {name: home / name for name in names}
    lines = []
    for name, path in files.items():
        with path.open("rb") as data:
            lines.append(f"{hashlib.file_digest(data, 'sha256').hexdigest()}  {name}\n")
    return "".join(lines)
