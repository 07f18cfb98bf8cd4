"""Files that are written whole or not at all: the one place where that is done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file, or a folder, elsewhere; then move it to `path`: nobody ever sees half of it.

    A symbolic link stays, what it points to is replaced. A file that is replaced hands on its
    permissions; a new one has those that the umask leaves. A device or a pipe cannot be replaced:
    it is written to as it is. Nothing is forced to the disk: after a power failure the old or the
    new content is there only if the file system keeps the order of writing and renaming.

    Args:
        path: what is replaced; the folder it is in must exist.

    Yields:
        A path of the same name in a folder beside it, of this process alone, which is removed at
        the end, be it an error or Ctrl-C: the old file then stands as it was.

    Raises:
        OSError: the disk is full or not writable, nothing was written, or `path` is a folder and
            what was written is a file.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        yield path
        return
    target = Path(os.path.realpath(path))
    with TemporaryDirectory(
        prefix=_prefix(target), dir=target.parent, ignore_cleanup_errors=True
    ) as scratch:
        part = Path(scratch) / target.name
        yield part
        if part.is_dir():
            shutil.rmtree(target, ignore_errors=True)  # only an empty folder can be renamed over
        elif target.is_file():
            shutil.copymode(target, part)
        os.replace(part, target)


def unfinished(path: str | os.PathLike[str]) -> list[Path]:
    """The folders that `replacing(path)` is filling now, or left where its process was killed."""
    target = Path(os.path.realpath(path))
    return list(target.parent.glob(f"{_prefix(target)}*"))


def _prefix(target: Path) -> str:
    return f".{target.name}."
