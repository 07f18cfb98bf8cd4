"""What a user gives a net, as the net reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from jaxdl import data
from jaxdl.data.spelling import fold, plain
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import UInt8


def read_name(text: str, longest: int) -> tuple[str, str]:
    """A name as it was given, and as the net reads it: in ASCII, as the embedded names are.

    Raises:
        InputError: that cannot be done, or it is empty or too long.
    """
    text = text.strip()
    if foreign := quoted(letter for letter in text if not fold(letter).isascii()):
        raise InputError(f"{text!r} has {foreign}; write it in Latin letters, as Tanaka for 田中")
    name = fold(text)
    if other := quoted(re.findall("[^A-Za-z' -]", name)):
        from_file = f"; to read a file of names: < {text}" if os.path.isfile(text) else ""
        raise InputError(
            f"{text!r} has {other}; a name has letters, spaces, apostrophes and hyphens{from_file}"
        )
    if not 1 <= len(name) <= longest:
        raise InputError(f"{text!r} has {len(name)} letters; the net reads names of 1 to {longest}")
    # Names in the data begin with a capital; "da Cruz" is one, too.
    return text, name.title() if name.islower() and " " not in name else name


def read_question(text: str, alphabet: str, longest: int) -> str:
    """A question.

    Raises:
        InputError: it has a letter that the net does not know, or is empty or too long.
    """
    question = text.strip()
    known = f"the net reads 1 to {longest} of {alphabet}"
    if foreign := quoted(letter for letter in question if letter not in alphabet):
        raise InputError(f"{question!r} has {foreign}; {known}")
    if not 1 <= len(question) <= longest:
        raise InputError(f"{question!r} has {len(question)} letters; {known}")
    return question


def read_start(text: str) -> str:
    """What the net goes on from: in ASCII, at least a line's end.

    Raises:
        InputError: it has a letter that is no ASCII letter with a mark.
    """
    if foreign := quoted(letter for letter in text if not plain(letter).isascii()):
        raise InputError(f"the net knows ASCII letters alone, and START has {foreign}")
    return plain(text) or "\n"


def read_pictures(
    images: Sequence[str | IO[bytes]], entry: data.Entry
) -> UInt8[np.ndarray, "n ..."]:
    """All pictures, as the examples of that dataset are; an open one is standard input's.

    Raises:
        InputError: one cannot be used.
    """
    import numpy as np

    from jaxdl.data.picture import read_picture

    as_shown = (entry.features, entry.extent, entry.by_mass)
    return np.stack([read_picture(image, *as_shown) for image in images])


def quoted(letters: Iterable[str]) -> str:
    """Each letter once, in quotation marks."""
    return ", ".join(map(repr, dict.fromkeys(letters)))
