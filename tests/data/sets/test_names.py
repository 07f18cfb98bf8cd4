"""Names and countries: the rows that Python's csv module reads, or an error."""

import csv
import gzip
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from jaxdl.data import CATALOGUE, DataError, Dataset, Split, load
from jaxdl.data.formats.rows import MAX_LINE
from jaxdl.data.sets.names import leak_free, read_names, read_surnames
from tests.data.accidents import attempt, content, every_accident, forms, thorough, trimmed
from tests.data.small import TEST_NAMES, TRAIN_NAMES

ENTRY = CATALOGUE["names"]
TEXT = TRAIN_NAMES.replace("\n", "\r\n").encode()


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("names") / "names.csv"


def read(path, data, rows=6):
    path.unlink(missing_ok=True)  # a new file is written faster than an old one is overwritten
    path.write_bytes(data)
    return read_names(path, ENTRY, rows)


def rows_of(split):
    return [[x, ENTRY.class_name(y)] for x, y in zip(split.x, split.y, strict=True)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT[:-2],
        TEXT.replace(b"\r", b""),
        TEXT.replace(b'"', b"").replace(b"Jevolojnov,", b'"Jevolojnov,"'),
    ],
    ids=["as published", "no last line end", "line feeds", "no quotes"],
)
def test_the_rows_are_those_of_pythons_csv(path, pack, text):
    split = read(path, pack(text))
    opened = gzip.open if pack is gzip.compress else open
    with opened(path, "rt") as file:
        assert rows_of(split) == list(csv.reader(file))
    assert split.x[1] == "See "
    assert (split.x.dtype, split.y.dtype) == (np.dtype("U17"), np.int32)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + TEXT,
        TEXT + b"\r\n",
        TEXT + b"\n\n\n",
        TEXT + b" \t\r\n",
        b"\xef\xbb\xbf" + TEXT + b"\r\n" * 100,
    ],
    ids=["mark", "blank", "three", "spaces", "both"],
)
def test_a_byte_order_mark_and_blank_last_lines_say_nothing(path, pack, text):
    assert rows_of(read(path, pack(text))) == rows_of(read(path, TEXT))


def changed(old, new):
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", ": expected 6 rows, found 0"),
        (TEXT.rpartition(b'"To')[0], ": expected 6 rows, found 5"),
        (TEXT + b'"Abl","Czech"\r\n', ", line 7: expected the end after 6 rows, found another row"),
        (b"\r\n" + TEXT, ", line 1: expected 2 columns, found 0"),
        (TEXT + b"\r\n" * 101, ", line 7: expected the end after 6 rows, found another row"),
        (changed(b',"Chinese"', b""), ", line 2: expected 2 columns, found 1"),
        (changed(b"Chinese", b'Chinese","'), ", line 2: expected 2 columns, found 3"),
        (changed(b'"See ","Chinese"', b""), ", line 2: expected 2 columns, found 0"),
        (changed(b"See ", b""), ", line 2: expected a name of 1 to 19 characters, found 0"),
        (changed(b"See ", b"S" * 20), ", line 2: expected a name of 1 to 19 characters, found 20"),
        (changed(b"Chinese", b"chinese"), ", line 2: expected a country of Arabic to Vietnamese, "),
        (changed(b"Chinese", b"Chinese "), ", line 2: .*, found 'Chinese '"),
        (changed(b'"Chinese', b' "Chinese'), ", line 2: .*, found ' \"Chinese\"'"),
        (changed(b"See ", b"S\xc3\xa9e"), r", line 2: .* in printable ASCII, found 'S\\xe9e'"),
        (changed(b"See ", b"S\xe9e"), ", line 2: expected UTF-8, found damage"),
        (
            changed(b"See ", b"S\0e"),
            r", line 2: expected a name in printable ASCII, found 'S\\x00e'",
        ),
        (
            changed(b"See ", b"Se\re"),
            ", line 2: expected text quoted as in CSV, found damage .*carr",
        ),
        (changed(b"See ", b"Se\r\ne"), ", line 2: expected text quoted as in CSV, found damage"),
        (changed(b'"See "', b'"See'), ", line 2: expected text quoted as in CSV, found damage"),
        (changed(b'"See "', b'"See"e'), ", line 2: expected text quoted as in CSV, found damage"),
        (changed(b"See ", b"S" * MAX_LINE), f", line 2: expected fewer than {MAX_LINE} bytes, fou"),
        (b"\xef\xbb\xbf" * 2 + TEXT, ", line 1: "),
        (b"\xff\xfe" + TEXT, ", line 1: expected UTF-8, found damage"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(path, text, says):
    for pack in (bytes, gzip.compress):
        with pytest.raises(DataError, match=f"^{re.escape(str(path))}{says}") as error:
            read(path, pack(text))
        assert str(error.value).endswith("; the file is damaged or another one: fetch it again")
        assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[:-9], ": expected a whole gzip file, found one cut short"),
        (lambda data: data[:-6] + b"?" + data[-5:], r": expected a sound gzip file, found damage"),
        (lambda data: data + b"?", ": expected a sound gzip file, found damage"),
    ],
    ids=["cut", "checksum", "appended"],
)
def test_damaged_compression(folder, spoil, says):
    for name in ("train", "test"):
        path = folder / f"names/names_{name}.csv.gz"
        whole = path.read_bytes()
        path.write_bytes(spoil(whole))
        with pytest.raises(DataError, match=f"^{re.escape(str(path))}{says}"):
            load("names", folder)
        path.write_bytes(whole)


def test_the_two_files_in_each_others_place(folder):
    train, test = (folder / f"names/names_{name}.csv.gz" for name in ("train", "test"))
    test.write_bytes(train.read_bytes())
    with pytest.raises(
        DataError, match=r"names_test\.csv\.gz, line 5: expected the end after 4 rows"
    ):
        load("names", folder)


def rows_in(data):
    """The rows as csv reads them, if they are what the file may hold."""
    held = content(data)
    try:
        lines = io.TextIOWrapper(io.BytesIO(trimmed(held)), "utf-8")  # a \r is a line end, too
        rows = list(csv.reader(lines, strict=True))
    except (AttributeError, UnicodeDecodeError, csv.Error):
        return None
    sound = len(rows) == 6 and all(
        len(row) == 2
        and 0 < len(row[0]) < 20
        and re.fullmatch("[ -~]+", row[0])
        and row[1] in ENTRY.class_names
        for row in rows
    )
    return rows if sound else None


def check(path, data):
    split = attempt(lambda: read(path, data))
    expected = rows_in(data)
    if split is None:  # which may be stricter in one thing: a line does not end in \r alone
        assert expected is None or re.search(rb"\r(?!\n)", content(data))
    else:
        assert rows_of(split) == expected
    return split is not None


@pytest.mark.parametrize("form", forms(TEXT))
def test_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(TEXT)[form])
    def accident(data):
        check(path, data)

    accident()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_cut_and_every_flipped_bit(path, packed):
    whole = gzip.compress(TEXT, mtime=0) if packed else TEXT
    assert check(path, whole)
    passed = [data for data in every_accident(whole) if check(path, data)]
    # The line end after the last row may be cut off. A gzip file has a checksum: what passes there
    # are bits that say nothing of the content.
    assert {len(whole) - len(data) for data in passed} == ({0} if packed else {0, 1, 2})
    assert packed == all(content(data) == TEXT for data in passed)


# The test names that are new


def test_leak_free_drops_every_name_that_training_has(folder):
    names = load("names", folder)
    left = leak_free(names)
    assert rows_of(left) == [["O'Byrne", "Irish"], ["See", "Chinese"]]  # "See " is another one
    assert left.y.dtype == np.int32
    assert TEST_NAMES.count("\n") == len(names.test)  # the dataset itself is as it was


def test_no_surname_leaks():
    surnames = load("surnames")
    left = leak_free(surnames)
    np.testing.assert_array_equal(left.x, surnames.test.x)


def test_leak_free_wants_names_with_a_test_set():
    one = Split(np.array(["Abl"]), np.array([2], np.int32))
    for dataset in (Dataset("names", one, None, ""), load("digits")):
        with pytest.raises(
            ValueError, match=f"^{dataset.name} is not a dataset of names with a test"
        ):
            leak_free(dataset)


# Our own file of surnames

SURNAMES = (
    b"# Faker\nname,country,split\nAalto,Finnish,train\nAbad,Spanish,test\nLi,Chinese,train\n"
)
SMALL = replace(CATALOGUE["surnames"], examples=(2, 1))


def test_surnames_are_read_by_their_split(path):
    path.write_bytes(SURNAMES)
    train, test = read_surnames(path, SMALL)
    assert (list(train.x), list(test.x)) == (["Aalto", "Li"], ["Abad"])
    assert [SMALL.class_name(y) for y in (*train.y, *test.y)] == ["Finnish", "Chinese", "Spanish"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SURNAMES.replace(b"country", b"land"), ", line 2: expected the header name,country,split"),
        (
            SURNAMES.replace(b"test", b"dev"),
            ", line 4: expected the split train or test, found 'dev'",
        ),
        (SURNAMES.replace(b"test", b"train"), ": expected 2 train names, found 3"),
        (SURNAMES.replace(b",test", b""), ", line 4: expected 3 columns, found 2"),
        (
            SURNAMES.replace(b"Abad", b""),
            ", line 4: expected a name of 1 to 19 characters, found 0",
        ),
        (
            SURNAMES.replace(b"Spanish", b"Scottish"),
            ", line 4: expected a country of Algerian to S",
        ),
        (SURNAMES.rpartition(b"Li")[0], ": expected 5 rows, found 4"),
        (SURNAMES * 2, ", line 6: expected the end after 5 rows, found another row"),
    ],
)
def test_surnames_that_are_damaged(path, text, says):
    path.write_bytes(text)
    with pytest.raises(DataError, match=f"^{re.escape(str(path))}{says}"):
        read_surnames(path, SMALL)
