"""Named datasets, strictly read: `load("digits")`, and what is at hand: `state("mnist")`.

A dataset is an `Entry` of the `CATALOGUE`. `formats` reads kinds of files and knows no dataset,
`sets` knows what is in each of them, `store` downloads, builds and keeps what `prepare` asks for.
`tasks` are datasets made from a seed. `strings`, `spelling` and `picture` turn what a user has into
what the examples of a dataset are.

Importing this package imports neither NumPy nor scikit-learn: what needs them is imported when it
is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jaxdl.data.catalogue import CATALOGUE, find
from jaxdl.data.dataset import Dataset, Split
from jaxdl.data.entry import DATA_DIR, Entry, File, Source, locate
from jaxdl.data.errors import DataError
from jaxdl.data.loading import load, prepare, state, verify
from jaxdl.data.spelling import fold, plain

if TYPE_CHECKING:
    from jaxdl.data.picture import read_picture
    from jaxdl.data.sets import leak_free, tasks
    from jaxdl.data.strings import ascii_codes, encode

__all__ = [
    "CATALOGUE",
    "DATA_DIR",
    "DataError",
    "Dataset",
    "Entry",
    "File",
    "Source",
    "Split",
    "ascii_codes",
    "encode",
    "find",
    "fold",
    "leak_free",
    "load",
    "locate",
    "plain",
    "prepare",
    "read_picture",
    "state",
    "tasks",
    "verify",
]

_NEEDS_NUMPY = {
    "ascii_codes": "jaxdl.data.strings",
    "encode": "jaxdl.data.strings",
    "leak_free": "jaxdl.data.sets",
    "read_picture": "jaxdl.data.picture",
    "tasks": "jaxdl.data.sets",
}


def __getattr__(name: str) -> Any:
    if name in _NEEDS_NUMPY:
        return getattr(import_module(_NEEDS_NUMPY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
