"""The passengers: ten features that are told here a second time, or an error."""

import csv
import gzip
import hashlib
import math
import statistics

import numpy as np
import pytest
from hypothesis import given

from jaxdl.data import CATALOGUE, DataError, load, verify
from jaxdl.data.sets.titanic import read_titanic
from tests.data.accidents import attempt, content, every_accident, forms, thorough, trimmed
from tests.data.small import PASSENGERS, published_titanic

TEXT = PASSENGERS.encode()


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("titanic") / "passengers.csv"


def read(path, data, rows=5):
    path.unlink(missing_ok=True)  # a new file is written faster than an old one is overwritten
    path.write_bytes(data)
    return read_titanic(path, rows)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("text", [TEXT, TEXT[:-1], TEXT.replace(b"\n", b"\r\n")])
def test_the_features_of_five_passengers(path, pack, text):
    age = [30, 0.1667, 60, 45, 80]  # the median of the four known ones
    age = [2 * (years - 0.1667) / (80 - 0.1667) - 1 for years in age]
    fare = [1, 0, -1, 0, 0]  # log(1 + fare) of 99, 9, 0, the median 9, 9
    expected = [
        # class, sex, age, known, sibsp, parch, fare, C, Q, S, survived
        [-1, 1, age[0], 1, -1, -1, fare[0], -1, -1, 1, 1],
        [-1, -1, age[1], 1, -0.75, 0, fare[1], 1, -1, -1, 0],
        [0, 1, age[2], 1, 1, -1, fare[2], -1, 1, -1, 1],
        [1, -1, age[3], -1, -1, -1, fare[3], -1, -1, 1, 0],
        [1, -1, age[4], 1, -1, 1, fare[4], -1, -1, -1, 1],
    ]
    table = read(path, pack(text))
    assert table.dtype == np.float32
    np.testing.assert_allclose(table, expected, rtol=0, atol=1e-6)


def lines(change):
    """The text with some of its lines changed."""

    def spoil(text):
        parts = text.split(b"\n")
        change(parts)
        return b"\n".join(parts)

    return spoil


def field(old, new, line=1):
    def change(parts):
        assert old in parts[line]
        parts[line] = parts[line].replace(old, new, 1)

    return lines(change)


ADVICE = "; the file is damaged or another one"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda text: b"", ": expected 5 rows, found 0"),
        (lines(lambda parts: parts.pop(5)), ": expected 5 rows, found 4"),
        (lines(lambda parts: parts.insert(3, parts[2])), ", line 7: expected the end after 5 rows"),
        (lines(lambda parts: parts.pop(0)), ", line 1: expected the header 'pclass,survived,name"),
        (field(b'"sex","age"', b'"age","sex"', 0), ", line 1: expected the header"),
        (field(b',"home.dest"', b"", 0), ", line 1: expected the header"),
        (field(b',"home.dest"', b',"home.dest","x"', 0), ", line 1: expected the header"),
        (field(b',"B5"', b""), ", line 2: expected 14 columns, found 13"),
        (field(b',"B5"', b',"B5","B7"'), ", line 2: expected 14 columns, found 15"),
        (field(b'"Alder, Miss. Ann"', b"Alder, Miss. Ann"), ", line 2: expected 14 columns, found"),
        (field(b'Louis, MO"', b"Louis, MO"), ", line 2: expected text quoted as in CSV, found dam"),
        (field(b'Ann"', b'Ann"x'), ", line 2: expected text quoted as in CSV, found damage"),
        (field(b'(""Cee"")', b'("Cee")', 3), ", line 4: expected text quoted as in CSV, found dam"),
        (lines(lambda parts: parts.insert(2, b"")), ", line 3: expected 14 columns, found 0"),
        (field(b"Ann", b"Ann\xe9"), r", line 2: expected UTF-8, found damage .*0xe9"),
        (field(b"Ann", b"A" * 4096), ", line 2: expected fewer than 4096 bytes, found more"),
        (field(b"1,1,", b"4,1,"), ", line 2: expected a value of the column pclass, found '4'"),
        (field(b"1,1,", b"1,2,"), ", line 2: expected a value of the column survived, found '2'"),
        (field(b"1,1,", b"1,?,"), r", line 2: expected a value of the column survived, found '\?'"),
        (field(b"female", b"Female"), ", line 2: expected a value of the column sex, found 'Femal"),
        (field(b",30,", b",-30,"), ", line 2: expected a value of the column age, found '-30'"),
        (field(b",30,", b",nan,"), ", line 2: expected a value of the column age, found 'nan'"),
        (field(b",30,", b",3_0,"), ", line 2: expected a value of the column age, found '3_0'"),
        (field(b",30,", b",,"), ", line 2: expected a value of the column age, found ''"),
        (
            field(b",30,", ",٣,".encode()),
            r", line 2: expected a value of the column age, found '\\u0663'",
        ),
        (field(b",0,0,", b",0.5,0,"), ", line 2: expected a value of the column sibsp, found '0.5"),
        (field(b",0,0,", b",0,?,"), r", line 2: expected a value of the column parch, found '\?'"),
        (field(b",99,", b",1e2,"), ", line 2: expected a value of the column fare, found '1e2'"),
        (field(b'"S"', b'"X"'), ", line 2: expected a value of the column embarked, found 'X'"),
        (field(b'"B5"', b'""'), ", line 2: expected a value of the column cabin, found ''"),
        (field(b",135,", b",yes,", 2), ", line 3: expected a value of the column body, found 'yes"),
        (
            lambda text: gzip.compress(text)[:-1],
            ": expected a whole gzip file, found one cut short",
        ),
        (
            lambda text: text.replace(b",8,0,", b",0,0,").replace(b",1,2,", b",0,2,"),
            ": expected different values in the column sibsp, found one or none",
        ),
    ],
)
def test_says_what_is_wrong(path, spoil, says):
    with pytest.raises(DataError, match=f"^{path}{says}.*{ADVICE}"):
        read(path, spoil(TEXT))


def test_a_byte_order_mark_and_blank_last_lines_say_nothing(path):
    same = read(path, b"\xef\xbb\xbf" + TEXT + b"\r\n\n")
    np.testing.assert_array_equal(same, read(path, TEXT), strict=True)


def told_again(text: str) -> list[list[float]]:
    """The table by Python's csv, passenger by passenger."""
    people = list(csv.DictReader(text.splitlines()))

    def column(name, transform=float):
        known = [transform(float(p[name])) for p in people if p[name] != "?"]
        low, high, middle = min(known), max(known), statistics.median(known)
        values = [transform(float(p[name])) if p[name] != "?" else middle for p in people]
        return [2 * (value - low) / (high - low) - 1 for value in values]

    age, fare = column("age"), column("fare", math.log1p)
    relatives = zip(column("sibsp"), column("parch"), strict=True)
    return [
        [
            int(p["pclass"]) - 2,
            {"male": -1, "female": 1}[p["sex"]],
            age[i],
            -1 if p["age"] == "?" else 1,
            *next(relatives),
            fare[i],
            *(1 if p["embarked"] == port else -1 for port in "CQS"),
            int(p["survived"]),
        ]
        for i, p in enumerate(people)
    ]


def check(path, data):
    """Whether it is read, and then that it is read right."""
    table = attempt(lambda: read(path, data))
    if table is not None:
        text = trimmed(content(data)).decode()
        assert text.splitlines()[0] == PASSENGERS.splitlines()[0]
        np.testing.assert_allclose(table, told_again(text), rtol=0, atol=1e-6)
    return table is not None


@pytest.mark.parametrize("form", forms(TEXT))
def test_is_read_right_or_refused(path, form):
    @thorough
    @given(forms(TEXT)[form])
    def run(data):
        check(path, data)

    run()


def test_every_cut_and_every_flipped_bit(path):
    passed = [data for data in every_accident(TEXT) if check(path, data)]
    cuts = [data for data in passed if len(data) < len(TEXT)]
    assert cuts == [TEXT[:-1]]  # without the last end of line
    assert len(passed) > 100  # what a name is, nothing can tell


def test_the_published_file(tmp_path):
    text = published_titanic()
    entry = CATALOGUE["titanic"]
    (file,) = entry.sources[0].files
    assert (len(text), hashlib.sha256(text).hexdigest()) == (file.size, file.sha256)

    path = tmp_path / file.path
    path.parent.mkdir()
    path.write_bytes(text)
    assert verify("titanic", tmp_path)[1] == f"{path}: matches the published file"
    train = load("titanic", tmp_path).train
    x, y = train.x, train.y[:, 0]
    np.testing.assert_allclose(np.c_[x, y], told_again(text.decode()), rtol=0, atol=1e-6)
    assert (x.min(axis=0) == -1).all()
    assert (x.max(axis=0) == 1).all()
    assert y.sum() == 500
    # What the docstring of the reader says of it.
    known = x[:, 3] == 1
    assert (~known).sum() == 263
    assert y[~known].mean() < 0.28 < 0.40 < y[known].mean()
    assert (x[:, 7:] == -1).all(axis=1).sum() == 2
    people = list(csv.DictReader(text.decode().splitlines()))
    fares = [float(person["fare"]) for person in people if person["fare"] != "?"]
    assert len(people) - len(fares) == 1
    assert 0 < sum(fare > 30 * statistics.median(fares) for fare in fares) < 5
    assert len(max(text.splitlines(), key=len)) == 160
