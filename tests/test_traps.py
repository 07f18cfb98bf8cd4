"""The traps that tests cite by number stand in docs/traps.md, each with the tests that hold it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "traps.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", PAGE, re.M)


def test_the_tests_that_hold_a_trap_are_there():
    assert len(ROWS) > 20
    for _, tests in ROWS:
        files = re.findall(r"`(.*?)`", tests)
        assert files
        assert all((ROOT / file).is_file() for file in files)


def test_what_is_cited_is_listed():
    known = {number for number, _ in ROWS}
    for file in (ROOT / "tests").rglob("*.py"):
        for cited in re.findall(r"[Tt]raps? ((?:\d+|, | to | and )+)", file.read_text("utf-8")):
            assert set(re.findall(r"\d+", cited)) <= known, file
