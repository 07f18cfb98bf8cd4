"""A published file, downloaded whole or not at all.

TFDS's own client waits for ever for a server that falls silent, and offers no way to limit that:
hence this one. TFDS then gets the files as downloaded by hand, and checks them once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from jaxdl._files import replacing
from jaxdl.data.entry import File
from jaxdl.data.errors import DataError

TIMEOUT = 30  # seconds that a server may stay silent
CHUNK = 1 << 16


def fetch(file: File, folder: Path, report: Callable[[str], object]) -> None:
    """Download a file into a folder, unless it is there and is the published one.

    Raises:
        DataError: no answer, an answer that stops, another size or checksum than published.
        OSError: where the disk is full or not writable.
    """
    path = folder / file.name
    if path.is_file() and _sha256(path) == file.sha256:
        return
    report(f"downloading {file.url} ({file.size:,} bytes)")
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        with part.open("wb") as out:
            for chunk in _chunks(file.url):
                out.write(chunk)
                if out.tell() > file.size:
                    break
        advice = "the download was cut short or another file is published there now: try again"
        if part.stat().st_size != file.size:
            found = "more" if part.stat().st_size > file.size else part.stat().st_size
            raise DataError.in_file(file.url, f"{file.size} bytes", found, advice)
        if (found := _sha256(part)) != file.sha256:
            raise DataError.in_file(file.url, f"SHA-256 {file.sha256}", found, advice)


def _chunks(url: str) -> Iterator[bytes]:
    """The bytes at an address, as they come; what goes wrong on the network is a DataError."""
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            while chunk := response.read(CHUNK):
                yield chunk
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(f"{url}: {reason}; check the network and try again") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
