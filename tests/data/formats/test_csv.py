import gzip
import re

import numpy as np
import pytest

from jaxdl.data import DataError
from jaxdl.data.formats import csv
from jaxdl.data.formats.csv import read_csv

TABLE = b"-0.294118,0.487437,0\n.5,-1e-3,1\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE[:-1],
        TABLE.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + TABLE,
        TABLE + b"\n",
        TABLE + b" \t\r\n\r\n",
        b"\xef\xbb\xbf" + TABLE + b"\n" * 100,
    ],
)
def test_reads_numbers(tmp_path, pack, text):
    path = tmp_path / "table.csv"
    path.write_bytes(pack(text))
    expected = np.array([[-0.294118, 0.487437, 0], [0.5, -0.001, 1]], np.float32)
    np.testing.assert_array_equal(read_csv(path, 3), expected, strict=True)
    np.testing.assert_array_equal(read_csv(path, 3, rows=2), expected, strict=True)
    np.testing.assert_array_equal(read_csv(path, 3, skip=1), expected[1:], strict=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", ": expected 2 rows, found 0"),
        (b"1,2,3\n", ": expected 2 rows, found 1"),
        (b"1,2,3\n" * 3, ", line 3: expected the end after 2 rows, found another row"),
        (b"1,2,3\n1,2\n", ", line 2: expected 3 columns, found 2"),
        (b"1,2,3\n1,2,3,4\n", ", line 2: expected 3 columns, found 4"),
        (b"1,2,3\n\n1,2,3\n", ", line 2: expected 3 columns, found 1"),
        (b"\n1,2,3\n1,2,3\n", ", line 1: expected 3 columns, found 1"),
        (
            b"1,2,3\n" * 2 + b"\n" * 101,
            ", line 3: expected the end after 2 rows, found another row",
        ),
        (b"a,b,c\n1,2,3\n", ", line 1: expected a finite number in column 1, found 'a'"),
        (b"1,2,3\n1,,3\n", ", line 2: expected a finite number in column 2, found ''"),
        (b"1,2,nan\n1,2,3\n", ", line 1: expected a finite number in column 3, found 'nan'"),
        (b"1,2,-inf\n1,2,3\n", ", line 1: expected a finite number in column 3, found '-inf'"),
        (b"1,2,1e39\n1,2,3\n", ", line 1: expected a finite number in column 3, found '1e39'"),
        (b"1,2,1_0\n1,2,3\n", ", line 1: expected a finite number in column 3, found '1_0'"),
        (
            b"1,2,\xd9\xa3\n1,2,3\n",
            r", line 1: expected a finite number in column 3, found '\xd9\xa3'",
        ),
        (b"1,2," + b"0" * 999, ", line 1: expected fewer than 192 bytes, found more"),
    ],
)
def test_says_what_is_wrong(tmp_path, text, says):
    path = tmp_path / "table.csv"
    path.write_bytes(text)
    with pytest.raises(DataError, match=f"^{re.escape(f'{path}{says}')}; the file is damaged"):
        read_csv(path, 3, rows=2)


def test_an_endless_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv, "MAX_ROWS", 10)
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"1,2,3\n" * 11))
    with pytest.raises(DataError, match="line 11: expected the end after 10 rows"):
        read_csv(path, 3)


@pytest.mark.parametrize("text", ["3.4028235e38", "-3.4028235e38", "1e-46", "16777217"])
def test_rounds_at_the_edges_of_float32(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert read_csv(path, 1)[0, 0] == np.float32(text)
