"""Strings as arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from jaxtyping import Int32


def encode(
    texts: Iterable[str], alphabet: str, width: int | None = None
) -> Int32[np.ndarray, "n width"]:
    """Strings as rows of numbers: 1 for the alphabet's first character, and 0 after a string's end.

    Args:
        texts: the strings.
        alphabet: the characters that they may hold, each once.
        width: of a row; that of the longest string where None.

    Raises:
        ValueError: for a character that is not in the alphabet, a string longer than the width, an
            alphabet with a character twice.
    """
    if len(set(alphabet)) < len(alphabet):
        raise ValueError(f"the alphabet {alphabet!r} has a character twice")
    return _rows(texts, {letter: code for code, letter in enumerate(alphabet, 1)}, width)


def ascii_codes(texts: Iterable[str], width: int | None = None) -> Int32[np.ndarray, "n width"]:
    """Strings as rows of their characters' ASCII codes, and 0 after a string's end.

    Args:
        texts: the strings.
        width: of a row; that of the longest string where None.

    Raises:
        ValueError: for a character that is not ASCII, or is the one with code 0; for a string
            longer than the width.
    """
    return _rows(texts, {chr(code): code for code in range(1, 128)}, width)


def _rows(
    texts: Iterable[str], codes: Mapping[str, int], width: int | None
) -> Int32[np.ndarray, "n width"]:
    texts = [str(text) for text in texts]
    longest = max(map(len, texts), default=0)
    width = longest if width is None else width
    if longest > width:
        text = next(text for text in texts if len(text) > width)
        raise ValueError(f"{text!r} has {len(text)} characters, more than the width {width}")
    rows = np.zeros((len(texts), width), np.int32)
    for row, text in zip(rows, texts, strict=True):
        try:
            row[: len(text)] = [codes[letter] for letter in text]
        except KeyError as error:
            raise ValueError(f"{text!r} has {error}, which is not in the alphabet") from None
    return rows
