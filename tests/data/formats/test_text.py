"""A running text: its bytes as they are, or an error."""

import gzip
import re

import numpy as np
import pytest
from beartype import beartype
from hypothesis import given
from jaxtyping import jaxtyped

from jaxdl.data import CATALOGUE, DataError, load
from jaxdl.data.formats import text as module
from tests.data.accidents import attempt, content, every_accident, forms, thorough
from tests.data.small import SPEECHES

TEXT = b"First Citizen:\r\nSpeak, speak.\n\n\x00\x7f"
PACKED, PACKED_MORE = (gzip.compress(text, mtime=0) for text in (TEXT, TEXT + b"\n"))
read_text = jaxtyped(typechecker=beartype)(module.read_text)


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("text") / "text.txt"


def read(path, data):
    path.unlink(missing_ok=True)  # a new file is written faster than an old one is overwritten
    path.write_bytes(data)
    return read_text(path, len(TEXT))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_codes_are_the_bytes(path, pack):
    codes = read(path, pack(TEXT))
    assert codes.dtype == np.uint8
    assert codes.tobytes() == TEXT
    codes[0] = 0  # it may be changed


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", ": expected a text of 33 bytes, found a file of 0 bytes"),
        (
            TEXT[:-1],
            ": expected a text of 33 bytes, found a file of 32 bytes, which cannot hold it",
        ),
        (gzip.compress(TEXT[:-1], mtime=0), ": expected a text of 33 bytes, found 32 bytes"),
        (TEXT + b"\n", ": expected the end of the file after the text, found more bytes"),
        (
            gzip.compress(TEXT + b"\n", mtime=0),
            ": expected the end of the file after the text, found more",
        ),
        (
            TEXT.replace(b"ea", b"\xc3\xa9", 1),
            ", line 2: expected a text in ASCII, found the byte 0x",
        ),
        (gzip.compress(TEXT, mtime=0)[:-9], ": expected a whole gzip file, found one cut short"),
        (
            gzip.compress(TEXT, mtime=0)[:-8] + bytes(8),
            ": expected a sound gzip file, found damage",
        ),
    ],
)
def test_what_is_wrong(path, data, says):
    with pytest.raises(DataError, match=f"^{re.escape(str(path))}{says}") as error:
        read(path, data)
    assert len(str(error.value).splitlines()) == 1


def check(path, data):
    codes = attempt(lambda: read(path, data))
    held = content(data)
    sound = held is not None and len(held) == len(TEXT) and held.isascii()
    assert (codes is not None) == sound
    if sound:
        assert codes.tobytes() == held
    return sound


@pytest.mark.parametrize("form", forms(TEXT))
def test_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(TEXT)[form])
    def accident(data):
        check(path, data)

    accident()


def test_every_cut_and_every_flipped_bit(path):
    whole = gzip.compress(TEXT, mtime=0)
    assert check(path, whole)
    passed = [data for data in every_accident(whole) if check(path, data)]
    assert {len(data) for data in passed} == {len(whole)}
    assert {content(data) for data in passed} == {TEXT}


def test_a_damaged_text_of_the_catalogue(folder):
    path = folder / "shakespeare/shakespeare.txt.gz"
    path.write_bytes(gzip.compress(SPEECHES[:-1].encode()))
    with pytest.raises(DataError, match=f"{path}: expected a text of {len(SPEECHES)} bytes, found"):
        load("shakespeare", folder)


def test_the_play_is_laid_out_as_shakespeares():
    """Speeches with an empty line between: who speaks, and what; no line of it twice."""
    play = (CATALOGUE["play"].sources[0].folder(None) / "play.txt").read_text("ascii")
    assert 15_000 <= len(play) <= 20_000
    assert set(play) <= set("\n !',-.:?") | set(map(chr, [*range(65, 91), *range(97, 123)]))
    speeches = play.removesuffix("\n").split("\n\n")
    said = []
    for speech in speeches:
        speaker, *lines = speech.split("\n")
        assert re.fullmatch("[A-Z]+:", speaker)
        assert lines
        said += lines
    assert all(0 < len(line) <= 60 and line == line.strip() for line in said)
    assert len(set(said)) == len(said)
    dataset = load("play")
    assert set(dataset.test.y) <= set(dataset.train.y)  # no character is new in the test part
