"""The embedded surnames: what the file promises, and that Faker's lists give it."""

import csv
import hashlib
import importlib.metadata
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from jaxdl.data import CATALOGUE, fold, load
from tools import surnames
from tools.surnames import LONGEST, MOST, choose, split_of

ENTRY = CATALOGUE["surnames"]
HEADER, *LINES = surnames.PATH.read_text("ascii").splitlines()
ROWS = list(csv.reader(LINES))[1:]


def test_the_file_is_what_the_command_gives():
    if surnames.header(importlib.metadata.version("Faker")) == HEADER + "\n":
        assert surnames.text() == surnames.PATH.read_text("ascii")
    else:  # another Faker has other lists: the file stays, the way it is made must still work
        rows, _ = choose(surnames.faker_lists())
        assert_sound([list(row) for row in rows])


def assert_sound(rows):
    names, countries, splits = zip(*rows, strict=True)
    assert rows == sorted(rows)
    assert len({name.lower() for name in names}) == len(names)  # so none is of two countries
    for name, split in zip(names, splits, strict=True):
        assert name.isascii()
        assert 2 <= len(name) <= LONGEST
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' -")
        assert name == fold(name)
        assert split == ("test" if digest(name) % 5 == 0 else "train")
    assert set(countries) == set(ENTRY.class_names)
    sizes = Counter(countries).values()
    assert max(sizes) == MOST <= 5 * min(sizes)
    assert 3000 <= len(rows) <= 8000


def digest(name):
    return int(hashlib.sha256(name.encode()).hexdigest()[:16], 16)


def test_the_file_is_sound():
    assert HEADER.startswith("# Faker ")
    assert LINES[0] == "name,country,split"
    assert_sound(ROWS)


def test_the_dataset_is_the_file():
    dataset = load("surnames")
    assert ENTRY.longest == LONGEST == max(len(row[0]) for row in ROWS)
    for split, name in ((dataset.train, "train"), (dataset.test, "test")):
        theirs = [row[:2] for row in ROWS if row[2] == name]
        pairs = zip(split.x, split.y, strict=True)
        assert [[x, ENTRY.class_name(y)] for x, y in pairs] == theirs
        assert split.x.dtype.kind == "U"
        assert split.y.dtype == np.int32
        assert np.bincount(split.y, minlength=18).min() >= 9
    assert not set(dataset.train.x) & set(dataset.test.x)
    assert len(dataset.test) == pytest.approx(0.2 * len(ROWS), rel=0.06)
    assert list(ENTRY.class_names) == sorted(surnames.LISTS)


def test_what_is_chosen_and_what_is_dropped():
    rows, dropped = choose(
        {
            "Danish": ["Møller", "Holm", "Jensen", "Jensen", "JENSEN", "I", "Иванов"],
            "German": ["Moller", "Adler", "Holm", "van der Steinhausenberg", "Berg, von"],
        }
    )
    assert [row[:2] for row in rows] == [("Adler", "German"), ("Jensen", "Danish")]
    assert dropped == {
        "of one letter, or with another character": 3,
        "of more than 19 characters": 1,
        "again in its country": 2,
        "in several countries": 4,
        "beyond the 245 of a country": 0,
    }


def test_a_name_more_moves_none():
    few = [f"A{'b' * i}" for i in range(1, 15)]
    before, _ = choose({"Danish": few})
    after, _ = choose({"Danish": ["Holm", *few[::-1]]})
    assert set(before) | {("Holm", "Danish", split_of("Holm"))} == set(after)


def test_of_many_the_same_are_kept_whatever_their_order():
    many = [f"{a}{b}{c}" for a in "ABCDEFGH" for b in "aeiou" for c in "klmnprst"]
    rows, dropped = choose({"Danish": many})
    assert len(rows) == MOST
    assert dropped[f"beyond the {MOST} of a country"] == len(many) - MOST
    assert choose({"Danish": many[::-1]})[0] == rows
    share = Counter(split for *_, split in rows)["test"] / MOST
    assert 0.12 < share < 0.28  # who is kept says nothing of who is for testing


def test_the_command_writes_the_file_and_tells_the_catalogues_numbers(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(surnames, "PATH", tmp_path / "surnames.csv")
    surnames.main()
    content = (tmp_path / "surnames.csv").read_bytes()
    assert content == surnames.text().encode()
    first, names, *_ = capsys.readouterr().out.splitlines()
    digest = hashlib.sha256(content).hexdigest()
    assert first == f"surnames.csv: {len(content)} bytes, SHA-256 {digest}"
    if content == (ENTRY.sources[0].folder(None) / "surnames.csv").read_bytes():
        (file,) = ENTRY.sources[0].files
        assert (file.size, file.sha256) == (len(content), digest)
        assert names == f"names: test {ENTRY.examples[1]}, train {ENTRY.examples[0]}"


def test_the_licence_of_fakers_lists_comes_with_them():
    licence = surnames.PATH.with_name("LICENSE.Faker.txt").read_text()
    assert licence.startswith("Copyright (c) 2012 Daniele Faraglia")


def test_loading_does_not_import_faker():
    program = "import sys, jaxdl.data as d; d.load('surnames'); print('faker' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"
