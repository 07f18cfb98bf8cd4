"""README.md and README.zh.md, and the guides, have the same commands, tables and figures."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHINESE = [ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.zh.md"))]


def commands(text):
    """The lines of the blocks without a language, without their comments."""
    pieces = re.split(r"^```(.*)\n", text, flags=re.M)  # text, flags, block, "", text, …
    blocks = [pieces[i + 1] for i in range(1, len(pieces) - 1, 4) if not pieces[i]]
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def literal(page):
    """A page's first block without a language, as it stands."""
    return re.search(r"^```\n(.*?)^```\n", page.read_text("utf-8"), flags=re.M | re.S)[1]


@pytest.mark.parametrize("folder", sorted((ROOT / "lessons").glob("l[0-9]*")), ids=lambda f: f.name)
def test_a_chapters_commands_are_translated_nowhere(folder):
    assert literal(folder / "README.zh.md") == literal(folder / "README.md")


def tables(text):
    """Of every row how many cells it has."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def pictures(text):
    """Each page's own language aside."""
    return [name.replace(".zh.", ".") for name in re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text)]


def links(text):
    """Where the pages lead to, each page's own language aside."""
    return sorted(
        target.replace(".zh.md", ".md")
        for words, target in re.findall(r"(?<!!)\[([^\]]*)\]\(([^)#]+)[^)]*\)", text)
        if words not in ("English", "中文")
    )


@pytest.mark.parametrize("part", [commands, tables, pictures, links])
@pytest.mark.parametrize("chinese", CHINESE, ids=lambda page: page.name)
def test_both_languages_have_the_same(part, chinese):
    english = chinese.with_name(chinese.name.replace(".zh.md", ".md"))
    assert part(english.read_text("utf-8")) == part(chinese.read_text("utf-8"))
