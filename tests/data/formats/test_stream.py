import gzip
import io

import pytest

from jaxdl.data.formats.stream import Stream


@pytest.mark.parametrize("count", [0, 1, 7, 99, 100])
def test_takes_no_byte_of_a_plain_file_that_was_not_asked_for(count):
    file = io.BytesIO(bytes(range(100)))
    stream = Stream("file", file, 100)
    assert stream.take(count, "a piece") == bytes(range(count))
    assert file.tell() == count


def test_takes_of_a_gzip_file_one_buffer_ahead_at_most():
    one = getattr(gzip, "READ_BUFFER_SIZE", io.DEFAULT_BUFFER_SIZE)  # 128 KiB from Python 3.12 on
    packed = gzip.compress(bytes(3000 * one))
    assert len(packed) > 2 * one
    file = io.BytesIO(packed)
    Stream("file", file, len(packed)).take(1000, "a piece")
    assert file.tell() <= one + 10  # the header of a gzip file


def test_the_capacity_holds_the_most_compressible_file():
    packed = gzip.compress(bytes(1 << 20))
    stream = Stream("file", io.BytesIO(packed), len(packed))
    assert stream.take(1 << 20, "zeros") == bytes(1 << 20)
    stream.end("zeros")
