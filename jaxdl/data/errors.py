"""What is wrong with a data file, told in one line."""

from __future__ import annotations

from os import PathLike, fspath

from jaxdl.errors import InputError


class DataError(InputError):
    """A dataset or one of its files cannot be used."""

    @classmethod
    def in_file(
        cls,
        path: str | PathLike[str],
        expected: object,
        found: object,
        advice: str = "the file is damaged or another one: fetch it again",
    ) -> DataError:
        """The error that names the file, what it should hold, what it holds, and what to do."""
        return cls(f"{fspath(path)}: expected {expected}, found {found}; {advice}")


def one_line(text: str, most: int = 200) -> str:
    """A text that came from elsewhere, fit for a terminal: one line, no control characters."""
    text = " ".join(text.split())
    text = text if len(text) <= most else f"{text[:most]}…"
    return "".join(
        letter if letter.isprintable() else ascii(letter)[1:-1]  # \x1b, an escape sequence's first
        for letter in text
    )
