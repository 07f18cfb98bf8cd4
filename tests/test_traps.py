"""The traps that tests cite by number: docs/porting.md lists them, each with section and tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROW = re.compile(r"^\| (\d+) \| \[.*?\]\((.*?)#trap-(\d+)\) \|.*\| ([^|]*) \|$", re.M)
ROWS = {
    language: ROW.findall((DOCS / f"porting{language}.md").read_text("utf-8"))
    for language in ("", ".zh")
}
ALL = [str(number) for number in range(1, 42)]


@pytest.mark.parametrize("language", ROWS)
def test_every_trap_has_one_row_and_one_section(language):
    assert [number for number, *_ in ROWS[language]] == ALL
    sections = {}
    for page in DOCS.glob(f"porting-*{language}.md"):
        if language or not page.name.endswith(".zh.md"):
            text = page.read_text("utf-8")
            found = re.findall(r'^<a id="trap-(\d+)"></a>\n## (\d+)\. ', text, re.M)
            assert all(anchor == number for anchor, number in found)
            sections |= {number: page.name for number, _ in found}
    rows = {number: page for number, page, anchor, _ in ROWS[language] if number == anchor}
    assert rows == sections


def test_the_tests_that_hold_a_trap_are_there():
    for (_, _, _, tests), (_, _, _, same) in zip(ROWS[""], ROWS[".zh"], strict=True):
        found = re.findall(r"`(.*?)::(\w+)`", tests)
        assert found
        assert tests == same
        for file, name in found:
            assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.M), name


def test_what_is_cited_is_listed():
    for file in (ROOT / "tests").rglob("*.py"):
        for cited in re.findall(r"[Tt]raps? ((?:\d+|, | to | and )+)", file.read_text("utf-8")):
            assert set(re.findall(r"\d+", cited)) <= set(ALL), file
