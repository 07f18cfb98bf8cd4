"""Damaged files: the readers' whole answer is the right array or a DataError."""

import gzip
import io
import math
import struct
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxdl.data.formats.csv import read_csv
from jaxdl.data.formats.idx import read_idx
from tests.data.accidents import attempt, content, every_accident, forms, thorough, trimmed

IMAGES = struct.pack(">4I", 0x00000803, 3, 4, 5) + bytes(range(60))
TABLE = b"-0.294118,0.487437,1\n0,-.5,0\n+1e-3,2.,1\n0.00149028, -0.53117 ,0\n"
FIELD = b"0123456789+-.eE \t,\n"


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("damage") / "file"


# IDX: sound is what says its own length.


def check_idx(path, data: bytes, shape) -> bool:
    path.write_bytes(data)
    array = attempt(lambda: read_idx(path, shape))
    held = content(data)
    magic = struct.pack(">I", 0x00000800 + len(shape))
    header = 4 + 4 * len(shape)
    sound = held is not None and held[:4] == magic and len(held) >= header
    if sound:
        found = struct.unpack(f">{len(shape)}I", held[4:header])
        sound = 0 < math.prod(found) == len(held) - header
        sound &= all(want in (None, n) for n, want in zip(found, shape, strict=True))
    assert (array is not None) == sound
    if sound:
        assert array.shape == found
        assert array.tobytes() == held[header:]
    return sound


@pytest.mark.parametrize("form", forms(IMAGES))
def test_idx_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(IMAGES)[form], st.sampled_from([(3, 4, 5), (None, None, None)]))
    def check(data, shape):
        check_idx(path, data, shape)

    check()


@thorough
@given(dims=st.tuples(*[st.integers(0, 2**32 - 1) | st.integers(0, 70)] * 3), packed=st.booleans())
def test_idx_with_lying_dimensions(path, dims, packed):
    data = IMAGES[:4] + struct.pack(">3I", *dims) + IMAGES[16:]
    check_idx(path, gzip.compress(data, mtime=0) if packed else data, (None, None, None))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_idx_with_every_cut_and_every_flipped_bit(path, packed):
    whole = gzip.compress(IMAGES, mtime=0) if packed else IMAGES
    assert check_idx(path, whole, (3, 4, 5))
    passed = [d for d in every_accident(whole) if check_idx(path, d, (3, 4, 5))]
    # No cut passes. A flipped bit does where nothing is lost (the time stamp of a gzip file) and
    # where nothing can tell (the pixels of a plain file have no checksum).
    assert {len(data) for data in passed} == {len(whole)}
    assert packed or len(passed) == 60 * 8


# CSV: sound is what np.loadtxt reads and every line of which is numbers.


def check_csv(path, data: bytes, rows) -> bool:
    path.write_bytes(data)
    table = attempt(lambda: read_csv(path, 3, rows=rows))
    held = content(data)
    held = held and trimmed(held)
    expected = None
    if held and not held.translate(None, FIELD):
        lines = held.removesuffix(b"\n").split(b"\n")
        expected = loadtxt(held)
        if expected is not None and (
            not all(line.strip() for line in lines)
            or expected.shape != (rows or len(lines), 3)
            or not np.isfinite(expected).all()
        ):
            expected = None
    if expected is None:
        # Beyond the plain alphabet one thing is sound, a line that ends as in DOS.
        assert table is None or (b"\r" in held and (table == loadtxt(held)).all())
    else:
        assert table is not None
        assert table.dtype == expected.dtype
        assert table.tobytes() == expected.tobytes()
    return table is not None


def loadtxt(text: bytes):
    """The course's own way to read the file."""
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("ignore")
        try:
            return np.loadtxt(io.BytesIO(text), delimiter=",", dtype=np.float32, ndmin=2)
        except ValueError:
            return None


@pytest.mark.parametrize("form", forms(TABLE))
def test_csv_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(TABLE)[form], st.sampled_from([4, None]))
    def check(data, rows):
        check_csv(path, data, rows)

    check()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_csv_with_every_cut_and_every_flipped_bit(path, packed):
    whole = gzip.compress(TABLE, mtime=0) if packed else TABLE
    assert check_csv(path, whole, 4)
    for data in every_accident(whole):
        check_csv(path, data, 4)


@thorough
@given(
    values=st.lists(st.floats(-3.4e38, 3.4e38), min_size=1),
    style=st.sampled_from(["{!r}", "{:.6g}", "{:.30e}", "{:+E}"]),
)
def test_csv_rounds_as_loadtxt_does(path, values, style):
    text = "".join(style.format(value) + "\n" for value in values)
    path.write_text(text)
    assert read_csv(path, 1).tobytes() == loadtxt(text.encode()).tobytes()
