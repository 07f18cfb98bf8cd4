"""From a dataset's files to its arrays: one function a dataset."""

from __future__ import annotations

import math
from collections.abc import Callable
from os import PathLike
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int, Shaped, UInt8

from jaxdl.data.dataset import Split
from jaxdl.data.entry import Entry
from jaxdl.data.errors import DataError
from jaxdl.data.formats import read_csv, read_idx, read_tar, read_text, read_unpacked
from jaxdl.data.sets.names import read_names, read_surnames
from jaxdl.data.sets.titanic import read_titanic

Splits = tuple[Split, Split | None]


def digits(entry: Entry, path: Path) -> Splits:
    """The 1797 digits in a fixed shuffled order, enlarged; the last 360 are the test set."""
    n = sum(entry.examples)
    table = read_csv(path, 8 * 8 + 1, rows=n)
    check_labels(path, table[:, -1], entry.classes)
    order = np.arange(n) * 1009 % n  # every row once: 1009 and 1797 share no factor
    table = table[order].astype(np.int32)
    images, labels = enlarge(table[:, :-1].reshape(n, 8, 8)), table[:, -1].copy()
    cut = entry.examples[0]
    return Split(images[:cut], labels[:cut]), Split(images[cut:], labels[cut:])


def enlarge(images: Int[np.ndarray, "n 8 8"]) -> UInt8[np.ndarray, "n 28 28"]:
    """Show 8×8 images of 0 to 16 as MNIST shows its digits: 20×20 centred in 28×28, 0 to 255.

    Bilinear, in integers, so the same on every machine: pixel i of 20 looks at
    (i + 1/2)·8/20 − 1/2 = (4i − 3)/10 of the 8.
    """
    tenths = np.clip(4 * np.arange(20) - 3, 0, 70)[:, None]  # (20, 1)
    weights = np.maximum(0, 10 - abs(tenths - 10 * np.arange(8)))  # (20, 8), rows sum to 10
    large = weights @ images @ weights.T  # (n, 20, 20), 0 to 1600
    grey = (large * 255 + 800) // 1600  # rounded
    return np.pad(grey, ((0, 0), (4, 4), (4, 4))).astype(np.uint8)


def breast_cancer(entry: Entry, path: Path) -> Splits:
    """All 569 patients; label 1 is benign.

    Each feature x becomes 2 (x − min) / (max − min) − 1 over all patients: it runs from −1 to 1,
    as features do in the diabetes set.
    """
    table = read_csv(path, entry.features[0] + 1, rows=entry.examples[0], skip=1)
    low, high = table[:, :-1].min(axis=0), table[:, :-1].max(axis=0)
    table[:, :-1] = 2 * ((table[:, :-1] - low) / (high - low)) - 1
    return _table(path, table, entry), None


def diabetes(entry: Entry, path: Path) -> Splits:
    """All 759 patients, features and label as they stand in the file."""
    return _table(path, read_csv(path, entry.features[0] + 1, rows=entry.examples[0]), entry), None


def titanic(entry: Entry, path: Path) -> Splits:
    """All 1309 passengers; label 1 is survived. The features: `jaxdl.data.sets.titanic`."""
    return _table(path, read_titanic(path, entry.examples[0]), entry), None


def mnist(
    entry: Entry, train_images: Path, train_labels: Path, test_images: Path, test_labels: Path
) -> Splits:
    """The 60,000 training and 10,000 test images of MNIST, or of a set in its four files."""
    train, test = entry.examples
    return (
        _images(entry, train, train_images, train_labels),
        _images(entry, test, test_images, test_labels),
    )


def cifar10(entry: Entry, path: Path) -> Splits:
    """The 50,000 training and 10,000 test images, in the order of the six batches.

    Source: A. Krizhevsky, "The CIFAR-10 dataset", section "Binary version".
    """
    train, test = entry.examples
    folder = entry.sources[0].files[0].folder  # in the archive, or unpacked: path itself
    batches = [f"{folder}/data_batch_{i}.bin" for i in range(1, 6)]
    counts = dict.fromkeys(batches, train // len(batches)) | {f"{folder}/test_batch.bin": test}
    length = 1 + math.prod(entry.features)  # a label, then the pixels
    splits = {}
    sizes = {name: n * length for name, n in counts.items()}
    extra = {f"{folder}/batches.meta.txt", f"{folder}/readme.html"}
    members = read_unpacked(path, sizes) if path.is_dir() else read_tar(path, sizes, extra)
    for name, content in members:
        records = np.frombuffer(content, np.uint8).reshape(counts[name], length)
        labels = check_labels(f"{path}, {name}", records[:, 0], entry.classes)
        height, width, colours = entry.features
        planes = records[:, 1:].reshape(-1, colours, height, width)  # first all reds
        splits[name] = Split(planes.transpose(0, 2, 3, 1).copy(), labels.astype(np.int32))
    return (
        Split(
            np.concatenate([splits[name].x for name in batches]),
            np.concatenate([splits[name].y for name in batches]),
        ),
        splits[f"{folder}/test_batch.bin"],
    )


def names(entry: Entry, train_path: Path, test_path: Path) -> Splits:
    """The 13,374 training and 6,700 test names as they stand in the files, with their oddities.

    Some end in a space or a comma, 26 are "To The First Page"; `jaxdl.data.leak_free` gives the
    test names that are not among the training names.
    """
    train, test = entry.examples
    return read_names(train_path, entry, train), read_names(test_path, entry, test)


def surnames(entry: Entry, path: Path) -> Splits:
    """The surnames of both splits, sorted; how they were chosen: `tools.surnames`."""
    return read_surnames(path, entry)


def text(entry: Entry, path: Path) -> Splits:
    """A text, cut in two: of every character but a part's last the code, and that of the next.

    The training part is the first nine tenths. What the two splits predict has no character in
    common, nor does one split predict from a character of the other's part.
    """
    train, test = entry.examples
    codes = read_text(path, train + 1 + test + 1)
    first, last = codes[: train + 1], codes[train + 1 :]
    return next_character(first), next_character(last)


def next_character(codes: UInt8[np.ndarray, " n+1"]) -> Split:
    """Of every character but the last the code, and that of the next."""
    return Split(codes[:-1].copy(), codes[1:].astype(np.int32))


# Each takes the entry, then the paths of its files in the catalogue's order.
READERS: dict[str, Callable[..., Splits]] = {
    "digits": digits,
    "breast_cancer": breast_cancer,
    "diabetes": diabetes,
    "titanic": titanic,
    "mnist": mnist,
    "fashion_mnist": mnist,
    "kmnist": mnist,
    "cifar10": cifar10,
    "surnames": surnames,
    "names": names,
    "play": text,
    "shakespeare": text,
}
"""Of each dataset the function that makes its splits out of its files."""


def check_labels(
    path: str | PathLike[str], labels: Shaped[np.ndarray, " n"], classes: int
) -> Shaped[np.ndarray, " n"]:
    """The labels, if each is one of 0 to classes − 1."""
    wrong = np.flatnonzero(~np.isin(labels, np.arange(classes)))
    if wrong.size:
        expected = f"labels 0 to {classes - 1}"
        found = f"{labels[wrong[0]]:g} at position {wrong[0]} (counted from 0)"
        raise DataError.in_file(path, expected, found)
    return labels


def _table(path: Path, table: Float32[np.ndarray, "n columns"], entry: Entry) -> Split:
    check_labels(path, table[:, -1], entry.classes)
    return Split(table[:, :-1].copy(), table[:, -1:].copy())  # (n, features), (n, 1)


def _images(entry: Entry, n: int, images_path: Path, labels_path: Path) -> Split:
    images = read_idx(images_path, (n, *entry.features))
    labels = read_idx(labels_path, (n,), note=f" (one for each image in {images_path})")
    return Split(images, check_labels(labels_path, labels, entry.classes).astype(np.int32))
