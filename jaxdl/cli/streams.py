"""Standard output and error, such that printing is no error of its own."""

from __future__ import annotations

import io
import os
import sys
from typing import Any


def prepare_streams() -> None:
    """Before anything is printed: for a process that is this command and nothing else.

    What a closed stream or a closed pipe is given is dropped; a letter that the encoding lacks is
    written as "?"; a full disk is an `OSError` that names the stream, once.
    """
    sys.stdout = _prepared(sys.stdout, 1)
    sys.stderr = _prepared(sys.stderr, 2)


def is_closed(stream: Any) -> bool:
    """Whether a standard stream was closed before the process began."""
    return stream is None or getattr(stream, "name", "") == os.devnull


class Lenient(io.FileIO):
    """A standard stream that goes on after it has failed."""

    lost = False

    def write(self, data: Any) -> int | None:
        """Drop what nobody reads.

        Raises:
            OSError: it cannot be written for another reason: the first time alone.
        """
        if not self.lost:
            try:
                return super().write(data)
            except BrokenPipeError:
                self.lost = True
            except OSError as error:
                self.lost = True
                name = {1: "standard output", 2: "standard error"}[self.fileno()]
                raise OSError(error.errno, error.strerror, name) from error
        return len(data)


def _prepared(stream: Any, number: int) -> Any:
    if stream is None:
        _occupy(number)
        return open(os.devnull, "w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if stream.isatty():  # and no pipe; Windows writes to it in a way of its own
        stream.reconfigure(errors="replace")
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(Lenient(number, "wb", closefd=False)),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=stream.line_buffering,
    )


def _occupy(number: int) -> None:
    """A file that is opened later must not be given the number of a closed stream."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
