"""Accidents that befall files, and what a reader may answer: the right array or a DataError."""

import gzip
import re

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from jaxdl.data import DataError
from tests.soak import whole_or

thorough = settings(
    max_examples=whole_or(100, 2000),
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes after one to three accidents."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        some = draw(st.binary(min_size=1, max_size=8) | st.text("0123456789,.-e\n").map(str.encode))
        accidents = {
            "cut short": data[:at],
            "overwritten": data[:at] + some + data[at + len(some) :],
            "a piece lost": data[:at] + data[at + len(some) :],
            "a piece put in": data[:at] + some + data[at:],
            "something appended": data + some,
        }
        data = accidents[draw(st.sampled_from(list(accidents)))]
    return data


def forms(data: bytes) -> dict[str, st.SearchStrategy[bytes]]:
    packed = gzip.compress(data, mtime=0)
    return {
        "plain": damaged(data),
        "gzip": damaged(packed),
        "damaged, then gzip": damaged(data).map(lambda d: gzip.compress(d, mtime=0)),
        "noise": st.binary(max_size=200) | st.binary(max_size=99).map(lambda d: packed[:10] + d),
    }


def content(data: bytes) -> bytes | None:
    """What a file holds as Python's one-shot gzip has it; None for a damaged gzip file."""
    try:
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except Exception:
        return None


def trimmed(text: bytes) -> bytes:
    """A text without what says nothing: a byte-order mark, blank lines at the end."""
    return re.sub(rb"(?<=\n)[ \t\r\n]+\Z", b"", text.removeprefix(b"\xef\xbb\xbf"))


def attempt(read):
    """The reader's array, or None for a DataError on one line; anything else escapes and fails."""
    message = ""
    try:
        return read()
    except DataError as error:
        message = str(error)
    assert len(message.splitlines()) == 1
    return None


def every_accident(data: bytes):
    """Each truncation and each single flipped bit."""
    yield from (data[:n] for n in range(len(data)))
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
