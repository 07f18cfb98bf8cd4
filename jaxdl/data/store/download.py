"""A published file, downloaded whole or not at all.

TFDS's own client waits for ever for a server that falls silent, and offers no way to limit that:
hence this one. TFDS then gets the files as downloaded by hand, and checks them once more.

Python's client limits a single read alone: a byte a second, or one `100 Continue` after the other,
would go on for ever. So all that comes is counted, and timed, where it leaves the socket.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from jaxdl._files import replacing
from jaxdl.data.entry import File
from jaxdl.data.errors import DataError, one_line

CHUNK = 1 << 16
TRY_AGAIN = "check the network and try again"


@dataclass(frozen=True)
class Limits:
    """How long a download may take, and how much may come that is not the file."""

    silence: float = 30  # seconds without a byte
    window: float = 60  # seconds until the file begins to come, redirections and all; from then on,
    least: float = 4000  # bytes a second on the average of each window
    overall: float = 12 * 3600  # seconds for all: at the least rate 170 MB, the largest file
    extra: int = 1 << 20  # bytes beyond those of the file: headers, redirections
    now: Callable[[], float] = time.monotonic


LIMITS = Limits()


def fetch(
    file: File, folder: Path, report: Callable[[str], object], limits: Limits | None = None
) -> None:
    """Download a file into a folder, unless it is there and is the published one.

    Args:
        file: what is published, and where.
        folder: is made where it does not exist.
        report: takes a line about what is done next.
        limits: LIMITS where None.

    Raises:
        DataError: no answer, an answer that stops, goes on for ever or is not HTTP, another size or
            checksum than published. Nothing that came from the server is in it as it came.
        OSError: where the disk is full or not writable.
    """
    path = folder / file.name
    if path.is_file() and _sha256(path) == file.sha256:
        return
    report(f"downloading {file.url} ({file.size:,} bytes)")
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        with part.open("wb") as out:
            for chunk in _chunks(file, limits or LIMITS):
                out.write(chunk)
                if out.tell() > file.size:
                    break
        advice = "the download was cut short or another file is published there now: try again"
        if part.stat().st_size != file.size:
            found = "more" if part.stat().st_size > file.size else part.stat().st_size
            raise DataError.in_file(file.url, f"{file.size} bytes", found, advice)
        if (found := _sha256(part)) != file.sha256:
            raise DataError.in_file(file.url, f"SHA-256 {file.sha256}", found, advice)


def _chunks(file: File, limits: Limits) -> Iterator[bytes]:
    """The bytes at an address, as they come; whatever goes wrong on the way is a DataError."""
    meter = _Meter(file, limits)
    try:
        with _opener(meter).open(file.url, timeout=limits.silence) as response:
            meter.begin()
            while chunk := response.read(CHUNK):
                yield chunk
    except DataError:
        raise
    except HTTPError as error:
        error.close()
        raise meter.error(f"the server answers {error.code} {one_line(error.reason)}") from None
    except OSError as error:
        raise meter.error(one_line(str(getattr(error, "reason", None) or error))) from None
    except Exception as error:  # on a strange answer Python's client raises what it happens to meet
        raise meter.error(f"an answer that cannot be read ({one_line(str(error))})") from None
    finally:  # it leaves some answers open, such as a redirection to what is no address
        for answer in meter.answers:
            answer.close()
            answer.sock.close()


class _Meter:
    """Counts what comes from the network and how long it takes; raises where it is enough."""

    def __init__(self, file: File, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.answers: list[_Metered] = []
        self._most = file.size + limits.extra + file.size // 8  # chunks have a length each
        self._count = 0
        self._start = self._window = limits.now()
        self._at_window = -1  # of the count; less than 0 until the file begins to come

    def begin(self) -> None:
        """From now on what comes is the file."""
        self._window, self._at_window = self.limits.now(), self._count

    def wait(self) -> float:
        """The seconds that the next byte may take."""
        limits, now = self.limits, self.limits.now()
        if now - self._start >= limits.overall:
            raise self.error(f"not whole after {limits.overall:g} seconds")
        if now - self._window >= limits.window:
            if self._at_window < 0:
                raise self.error(f"no answer within {limits.window:g} seconds")
            rate = (self._count - self._at_window) / (now - self._window)
            if rate < limits.least:
                least = f"the least is {limits.least:,g}"
                raise self.error(f"too slow: {rate:,.0f} bytes a second, {least}")
            self._window, self._at_window = now, self._count
        return min(limits.silence, limits.overall - (now - self._start))

    def took(self, count: int) -> None:
        """So many bytes have come."""
        self._count += count
        if self._count > self._most:
            raise self.error(f"the server sends more than the {self.file.size:,} bytes published")

    def error(self, what: str) -> DataError:
        """What is told of this download."""
        return DataError(f"{self.file.url}: {what}; {TRY_AGAIN}")


class _Metered(io.RawIOBase):
    """What comes through a socket, metered."""

    def __init__(self, sock: socket.socket, meter: _Meter) -> None:
        self.sock, self._meter = sock, meter
        self._raw = sock.makefile("rb", buffering=0)
        meter.answers.append(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.sock.settimeout(self._meter.wait())
        count = self._raw.readinto(buffer)
        self._meter.took(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _opener(meter: _Meter) -> urllib.request.OpenerDirector:
    """What `urllib.request.urlopen` uses, for HTTP and HTTPS alone, with a meter at each socket."""

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_Metered(sock, meter))

    class Connection(http.client.HTTPConnection):
        response_class = Response

    class SecureConnection(http.client.HTTPSConnection):
        response_class = Response

    class HTTP(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class HTTPS(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        HTTP(),
        HTTPS(),
    ):
        opener.add_handler(handler)
    return opener


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
