import gzip
import re
import tracemalloc
import zlib

import numpy as np
import pytest

from jaxdl.data import DataError
from jaxdl.data.formats.idx import read_idx
from tests.data.small import encode_idx

IMAGES = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reads_what_was_written(tmp_path, pack):
    path = tmp_path / "images"
    path.write_bytes(pack(encode_idx(IMAGES)))
    for shape in [(3, 4, 5), (None, 4, 5)]:
        images = read_idx(path, shape)
        np.testing.assert_array_equal(images, IMAGES, strict=True)
        assert images.flags.writeable


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: b"", "expected a magic number of 4 bytes, found a file of 0 bytes"),
        (lambda d: b"\x00\x00\x08\x01" + d[4:], "magic number 0x00000803, found 0x00000801"),
        (lambda d: b"\x00\x00\x0d\x03" + d[4:], "magic number 0x00000803, found 0x00000d03"),
        (
            lambda d: d[:10],
            "dimensions of 12 bytes, found a file of 10 bytes, which cannot hold it",
        ),
        (lambda d: d[:14], "expected dimensions of 12 bytes, found 10 bytes"),
        (lambda d: d[:4] + d[8:12] + d[8:], "expected dimensions 3x4x5, found 4x4x5"),
        (lambda d: d[:-1], "expected a payload 3x4x5 of 60 bytes, found 59 bytes"),
        (lambda d: d[:20], "payload 3x4x5 of 60 bytes, found a file of 20 bytes, which cannot"),
        (lambda d: d + b"\n", "the end of the file after the payload 3x4x5, found more bytes"),
        (lambda d: gzip.compress(d)[:-1], "expected a whole gzip file, found one cut short"),
        (lambda d: gzip.compress(d)[:-8] + bytes(8), "a sound gzip file, found damage (CRC"),
        (lambda d: gzip.compress(d) + b"PS", "a sound gzip file, found damage (Not a gzipped"),
        (
            lambda d: gzip.compress(d)[:10] + b"\xff" * 20,
            "a sound gzip file, found damage (Error -3",
        ),
    ],
)
def test_says_what_is_wrong(tmp_path, change, says):
    path = tmp_path / "images"
    path.write_bytes(change(encode_idx(IMAGES)))
    with pytest.raises(DataError, match=re.escape(says)) as caught:
        read_idx(path, (3, 4, 5))
    assert str(caught.value).startswith(f"{path}: expected ")
    assert str(caught.value).endswith("; the file is damaged or another one: fetch it again")


def test_an_empty_set_is_refused(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(encode_idx(IMAGES[:0]))
    with pytest.raises(DataError, match="expected dimensions anyx4x5, found 0x4x5"):
        read_idx(path, (None, 4, 5))


@pytest.mark.parametrize(("name", "says"), [("absent", "No such file"), (".", "Is a directory")])
def test_a_path_that_is_no_file(tmp_path, name, says):
    with pytest.raises(DataError, match=f"expected a readable file, found {says}.*; check"):
        read_idx(tmp_path / name, (None,))


@pytest.fixture(scope="module")
def bomb(tmp_path_factory):
    """Ten small images, then 256 MB of zeros, in a quarter of a megabyte."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(encode_idx(np.zeros((10, 28, 28))))]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(256)]
    path = tmp_path_factory.mktemp("bomb") / "images.gz"
    path.write_bytes(b"".join(parts) + packer.flush())
    return path


@pytest.fixture
def memory():
    """The most memory, in bytes, that the test has held."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def test_nothing_is_expanded_past_what_the_header_allows(bomb, memory):
    with pytest.raises(DataError, match="the end of the file after the payload 10x28x28"):
        read_idx(bomb, (None, 28, 28))
    assert memory() < 1 << 20


def test_an_absurd_header_is_refused_before_allocation(tmp_path, memory):
    path = tmp_path / "images"
    header = b"\x00\x00\x08\x03" + b"\xff" * 12  # 79 octillion bytes
    for data in (header, gzip.compress(header + bytes(100))):
        path.write_bytes(data)
        with pytest.raises(DataError, match="of 79228162458924105385300197375 bytes, found a file"):
            read_idx(path, (None, None, None))
    assert memory() < 1 << 20
