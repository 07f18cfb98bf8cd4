"""A tar archive, read straight through, nothing is extracted to disk; and what tar made of one.

Source: POSIX.1-2017, pax, "ustar Interchange Format".
"""

from __future__ import annotations

import tarfile
from collections.abc import Collection, Iterator, Mapping
from os import PathLike
from os.path import basename, dirname
from pathlib import Path
from tarfile import BLOCKSIZE, RECORDSIZE, TarInfo

from jaxdl.data.errors import DataError
from jaxdl.data.formats.stream import open_stream

REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE)
MAX_EXTRA = 1 << 16  # bytes of a member that is passed over


def read_tar(
    path: str | PathLike[str], sizes: Mapping[str, int], extra: Collection[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """Read the members of an archive, plain or gzip, in its order.

    Args:
        path: the file.
        sizes: the members it must have, each once, with the bytes of each.
        extra: other members it may have.

    Yields:
        The name and the content of each member in `sizes`. That the archive is whole and sound is
        known only when the last has been taken.

    Raises:
        DataError: a header that is damaged or lies, a member that is missing, twice there, unknown
            or of another size, anything after the end; damaged compression.
    """
    missing, folders = dict(sizes), {dirname(name) for name in sizes}
    with open_stream(path) as stream:
        while any(block := stream.take(BLOCKSIZE, "a tar header")):  # two of zeros are the end
            member = _member(path, block)
            name, size = ascii(member.name), member.size
            if member.isdir() and size == 0 and member.name in folders:
                continue
            if member.type in REGULAR and member.name in missing:
                if size != (expected := missing.pop(member.name)):
                    raise DataError.in_file(path, f"{name} of {expected} bytes", f"{size} bytes")
                yield member.name, stream.take(size, name)
            elif _passed_over(member, extra) and 0 <= size <= MAX_EXTRA:
                stream.take(size, name)
            else:
                left = ", ".join(missing)
                expected = f"as the next member one of {left}" if left else "the end of the archive"
                raise DataError.in_file(path, expected, f"{name} of {size} bytes")
            if any(stream.take(-size % BLOCKSIZE, f"zeros after {name}")):
                raise DataError.in_file(path, f"zeros after {name}", "something else")
        if missing:
            raise DataError.in_file(path, f"the members {', '.join(missing)}", "the end")
        second = stream.take(BLOCKSIZE, "zeros after the last member")
        if any(second + stream.rest(RECORDSIZE)):  # archives are filled up to whole records
            raise DataError.in_file(path, "zeros after the last member", "something else")
        stream.end("the archive")


def read_unpacked(
    folder: str | PathLike[str], sizes: Mapping[str, int]
) -> Iterator[tuple[str, bytes]]:
    """Read the files of the folder that was unpacked from an archive, plain or gzip each.

    Args:
        folder: the one that all members are in; what else is in it is passed over.
        sizes: as in `read_tar`, the folder's name included.

    Yields:
        As `read_tar`, in the order of `sizes`.

    Raises:
        DataError: a file that is missing or of another size; damaged compression.
    """
    for name, size in sizes.items():
        with open_stream(Path(folder) / basename(name)) as stream:
            content = stream.take(size, name)
            stream.end(f"{size} bytes")
        yield name, content


def _member(path: str | PathLike[str], block: bytes) -> TarInfo:
    try:
        return TarInfo.frombuf(block, "utf-8", "backslashreplace")
    except tarfile.HeaderError as error:  # its checksum among others
        raise DataError.in_file(path, "a sound tar header", f"damage ({error})") from None


def _passed_over(member: TarInfo, extra: Collection[str]) -> bool:
    """Whether it is a known file that nobody needs, or notes on the next member (pax)."""
    if member.type in (tarfile.XHDTYPE, tarfile.XGLTYPE):
        return True  # times and owners: names and sizes that must be exact are never in there
    return member.type in REGULAR and member.name in extra
