"""Files that are written whole or not at all: the one place where that is done."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file, or a folder, elsewhere; then move it to `path`: nobody ever sees half of it.

    A symbolic link stays, what it points to is replaced. A file that is replaced hands on its
    permissions; a new one has those that the umask leaves. A device, a pipe or what this process
    has open (`/dev/stdout`, be it a file) cannot be replaced: what was written is copied into it.
    Nothing is forced to the disk: after a power failure the old or the new content is there only
    if the file system keeps the order of writing and renaming.

    Args:
        path: what is replaced; the folder it is in must exist.

    Yields:
        A path of the same name in a folder of this process alone, beside it where it is replaced,
        which is removed at the end, be it an error or Ctrl-C: the old file then stands as it was.

    Raises:
        OSError: the disk is full or not writable, nothing was written, or `path` is a folder and
            what was written is a file.
    """
    path = Path(path)
    target = Path(os.path.realpath(path))
    through = is_written_through(path)
    with TemporaryDirectory(
        prefix=_prefix(target),
        dir=None if through else target.parent,
        ignore_cleanup_errors=True,
    ) as scratch:
        part = Path(scratch) / (path.name or target.name)  # its ending says what kind it is
        yield part
        if through:
            _copy(part, path)
            return
        if part.is_dir():
            shutil.rmtree(target, ignore_errors=True)  # only an empty folder can be renamed over
        elif target.is_file():
            shutil.copymode(target, part)
        os.replace(part, target)


def is_written_through(path: str | os.PathLike[str]) -> bool:
    """Whether it is no file to replace: a device, a pipe, something that this process has open."""
    path = Path(path)
    special = path.exists() and not (path.is_file() or path.is_dir())
    return special or _descriptor(path) is not None


def _descriptor(path: Path) -> int | None:
    """The number of the open file that a path stands for: 1 for `/dev/stdout`."""
    for _ in range(40):  # links, as many as the kernel follows
        folder = os.path.realpath(path.parent)
        ours = re.fullmatch(r"/proc/(\d+)(/task/\d+)?/fd|/dev/fd", folder)
        if ours and path.name.isdecimal() and ours[1] in (None, str(os.getpid())):
            return int(path.name)
        if not path.is_symlink():
            return None
        path = path.parent / os.readlink(path)
    return None


def _copy(part: Path, path: Path) -> None:
    """Into a device or a pipe; into an open file where it stands, after what is in it."""
    number = _descriptor(path)
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()
    with open(part, "rb") as source, open(path if number is None else os.dup(number), "wb") as out:
        shutil.copyfileobj(source, out)


def unfinished(path: str | os.PathLike[str]) -> list[Path]:
    """The folders that `replacing(path)` is filling now, or left where its process was killed."""
    target = Path(os.path.realpath(path))
    return list(target.parent.glob(f"{_prefix(target)}*"))


def _prefix(target: Path) -> str:
    return f".{target.name}."
