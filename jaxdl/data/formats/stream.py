"""Bounded reading of a plain or gzip-compressed file."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from jaxdl.data.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"
DEFLATE_RATIO = 1032  # no deflate stream expands further: zlib's technical details, "maximum ratio"


class Stream:
    """The bytes of a file, decompressed where its first bytes say gzip, taken only as asked for.

    Decompression runs at most one buffer ahead of what was taken, so a small file that would
    expand to gigabytes costs what its reader wants of it.
    """

    def __init__(self, path: str | os.PathLike[str], file: IO[bytes], size: int) -> None:
        compressed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        self.path = path
        self._size = size
        self._capacity = size * DEFLATE_RATIO if compressed else size  # it holds no more bytes
        self._file = gzip.GzipFile(fileobj=file, mode="rb") if compressed else file

    def take(self, count: int, what: str) -> bytes:
        """The next `count` bytes, all of them."""
        expected = f"{what} of {count} bytes"
        if count > self._capacity:  # refused before anything is allocated
            found = f"a file of {self._size} bytes, which cannot hold it"
            raise DataError.in_file(self.path, expected, found)
        data = self._file.read(count)
        if len(data) < count:
            raise DataError.in_file(self.path, expected, f"{len(data)} bytes")
        return data

    def line(self, limit: int) -> bytes:
        """The next line with its end, or its first `limit` bytes; empty at the end of the file."""
        return self._file.readline(limit)

    def rest(self, limit: int) -> bytes:
        """All that is left, or the next `limit` bytes of it."""
        return self._file.read(limit)

    def end(self, what: str) -> None:
        """Require that nothing follows."""
        if self._file.read(1):
            raise DataError.in_file(self.path, f"the end of the file after {what}", "more bytes")


@contextmanager
def open_stream(path: str | os.PathLike[str]) -> Iterator[Stream]:
    """Open a file, and turn whatever goes wrong while it is read into a DataError."""
    try:
        with open(path, "rb") as file:
            yield Stream(path, file, os.fstat(file.fileno()).st_size)
    except EOFError:
        raise DataError.in_file(path, "a whole gzip file", "one cut short") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError.in_file(path, "a sound gzip file", f"damage ({error})") from None
    except OSError as error:
        advice = "check the path and its permissions"
        raise DataError.in_file(path, "a readable file", error.strerror or error, advice) from None
