"""The datasets by name: what each is, whose it is, and where its files are looked for.

Nothing here opens a data file or imports more than the standard library: `jaxdl list` asks it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from jaxdl.data.errors import DataError

DATA_DIR = "JAXDL_DATA_DIR"
TFDS_DATA_DIR = "TFDS_DATA_DIR"  # TensorFlow Datasets' own variable


@dataclass(frozen=True)
class File:
    """One file of a dataset."""

    path: str  # inside its source's folder
    size: int  # bytes, as published
    sha256: str | None = None  # as published, where it is


@dataclass(frozen=True)
class Source:
    """A place a dataset's files may be in.

    raw: the folder of original files that the user names; tfds: what `jaxdl data prepare` made of
    the published files; embedded: scikit-learn's package.
    """

    kind: Literal["raw", "tfds", "embedded"]
    files: tuple[File, ...]
    url: str = ""  # tfds: the address that the files' names are joined to
    prepared: str = ""  # tfds: the folder below TFDS_DATA_DIR, named for builder and version

    def folder(self, directory: str | os.PathLike[str] | None) -> Path | None:
        """Where this source's files would be; None if the user has named no folder.

        A directory that is given is the only place for original files: what was prepared from
        others is then passed over.
        """
        if self.kind == "tfds":
            home = os.environ.get(TFDS_DATA_DIR) or "~/tensorflow_datasets"
            return None if directory else Path(home).expanduser() / self.prepared
        if self.kind == "embedded":
            sklearn = find_spec("sklearn")  # found, not imported: importing it takes a second
            home = sklearn and sklearn.origin
            return Path(home).parent / "datasets" / "data" if home else None
        directory = directory or os.environ.get(DATA_DIR)
        return Path(directory).expanduser() if directory else None

    def missing(self, folder: Path) -> tuple[File, ...]:
        """The files that its folder lacks."""
        if self.kind == "tfds":  # TFDS writes elsewhere, this file last, and renames the whole
            return () if (folder / "dataset_info.json").is_file() else self.files
        return tuple(file for file in self.files if not (folder / file.path).is_file())


@dataclass(frozen=True)
class Entry:
    """What the catalogue knows of a dataset; sources stand in the order they are tried."""

    name: str
    title: str
    title_zh: str
    licence: str
    examples: tuple[int, int]  # train, test
    features: tuple[int, ...]  # shape of one example, as loaded
    classes: int
    sources: tuple[Source, ...]

    @property
    def embedded(self) -> bool:
        """Whether it comes with the installation."""
        return any(source.kind == "embedded" for source in self.sources)

    @property
    def size(self) -> int:
        """Bytes of its files as published."""
        return sum(file.size for file in self.sources[0].files)


# Sizes and checksums are those that TensorFlow Datasets has on record for its own builder.
MNIST_FILES = (
    File(
        "mnist/train-images-idx3-ubyte.gz",
        9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    File(
        "mnist/train-labels-idx1-ubyte.gz",
        28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    File(
        "mnist/t10k-images-idx3-ubyte.gz",
        1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    File(
        "mnist/t10k-labels-idx1-ubyte.gz",
        4542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)

CATALOGUE = {
    entry.name: entry
    for entry in (
        Entry(
            name="digits",
            title="Handwritten digits, 8×8, shown at 28×28",
            title_zh="手写数字，8×8，放大为 28×28",
            licence="CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)",
            examples=(1437, 360),
            features=(28, 28),
            classes=10,
            sources=(Source("embedded", (File("digits.csv.gz", 57523),)),),
        ),
        Entry(
            name="breast_cancer",
            title="Breast cancer, 30 measurements of cell nuclei: malignant or benign",
            title_zh="乳腺癌，细胞核的 30 项测量：恶性或良性",
            licence="CC BY 4.0 (UCI Breast Cancer Wisconsin, Diagnostic)",
            examples=(569, 0),
            features=(30,),
            classes=2,
            sources=(Source("embedded", (File("breast_cancer.csv", 119913),)),),
        ),
        Entry(
            name="diabetes",
            title="Diabetes, 8 measurements of a patient",
            title_zh="糖尿病，患者的 8 项测量",
            licence="none stated (rescaled from the Pima Indians Diabetes set, NIDDK)",
            examples=(759, 0),
            features=(8,),
            classes=2,
            sources=(Source("raw", (File("diabetes/diabetes.csv.gz", 13539),)),),
        ),
        Entry(
            name="mnist",
            title="MNIST handwritten digits, 28×28",
            title_zh="MNIST 手写数字，28×28",
            licence="CC BY-SA 3.0 (Y. LeCun, C. Cortes)",
            examples=(60000, 10000),
            features=(28, 28),
            classes=10,
            sources=(
                Source("raw", MNIST_FILES),
                Source(
                    "tfds",
                    MNIST_FILES,
                    url="https://storage.googleapis.com/cvdf-datasets/",
                    prepared="jaxdl_mnist/1.0.0",
                ),
            ),
        ),
    )
}


def find(name: str) -> Entry:
    """The entry of that name.

    Raises:
        DataError: for an unknown name, with the nearest known one.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = get_close_matches(name, CATALOGUE, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(CATALOGUE)}"
    raise DataError(f"there is no dataset {name!r}; {hint}")


def locate(
    entry: Entry, directory: str | os.PathLike[str] | None = None
) -> tuple[Source, Path] | None:
    """The first source of a dataset that has all its files, with the folder they are in."""
    for source in entry.sources:
        folder = source.folder(directory)
        if folder and not source.missing(folder):
            return source, folder
    return None


def how_to_get(entry: Entry, directory: str | os.PathLike[str] | None = None) -> str:
    """What to do so that `locate` finds a dataset."""
    source = entry.sources[0]
    folder = source.folder(directory)
    if source.kind == "embedded":
        return "install scikit-learn: its files are part of that package"
    if folder is None:
        advice = f"set {DATA_DIR} to a folder containing {_names(source.files)}"
    else:
        advice = f"put {_names(source.missing(folder))} into {folder}"
    can_prepare = directory is None and any(source.kind == "tfds" for source in entry.sources)
    return f"{advice}, or run: jaxdl data prepare {entry.name}" if can_prepare else advice


def _names(files: tuple[File, ...]) -> str:
    return ", ".join(file.path for file in files)
