"""Which pages the site has, under which name, and out of which file of the repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jaxdl.course import lessons
from tools.site import markdown
from tools.site.places import ROOT

GUIDES = (
    "start", "parity", "porting", "porting-layers", "porting-cnn", "porting-recurrence",
    "porting-losses", "porting-optimizers", "porting-training", "autograd", "tape", "derivatives",
    "jit", "tracing", "lengths", "streaming",
    "transformer", "proof",
)  # fmt: skip
"""The guides' order; one that is not named comes after them."""
IN_RESULTS = ("benchmark", "coverage")

README_SECTIONS = {
    "": "index",
    "Start": "index",
    "Three uses": "index",
    "The course": "course/index",
    "Further": "index",
}
"""What becomes of the README, section by section."""


@dataclass(frozen=True)
class Page:
    """A page that comes of a file.

    Args:
        name: on the site, in either language: "guide/jit".
        file: the English file.
        chinese: the Chinese one; None: there is none, and the English text stands in its place.
        sections: which of its sections, by their English titles; None: all of it.
    """

    name: str
    file: Path
    chinese: Path | None
    sections: tuple[str, ...] | None = None

    def text(self, language: str) -> str:
        """As it stands in the repository, a section with its headings one level up."""
        english = self.file.read_text("utf-8")
        text = self.chinese.read_text("utf-8") if language == "zh" and self.chinese else english
        if self.sections is None:
            return text
        titles, cut = list(markdown.sections(english)), markdown.sections(text)
        if len(cut) != len(titles):
            raise ValueError(f"{self.chinese} has other sections than {self.file.name}")
        own = "".join(list(cut.values())[titles.index(title)] for title in self.sections)
        return own if "" in self.sections else markdown.raised(own)

    def source(self, language: str) -> Path:
        """The file that `text` is of."""
        return self.chinese if language == "zh" and self.chinese else self.file


@cache
def pages() -> tuple[Page, ...]:
    """All that come of files, in the site's order."""
    found = [
        Page(name, ROOT / "README.md", ROOT / "README.zh.md", _titles(name))
        for name in dict.fromkeys(README_SECTIONS.values())
    ]
    found += [
        Page(f"course/{lesson.name}", *_both(lesson.folder / "README.md")) for lesson in lessons()
    ]
    found += [Page(f"guide/{name}", *_both(ROOT / f"docs/{name}.md")) for name in guides()]
    found += [Page(f"results/{name}", *_both(ROOT / f"docs/{name}.md")) for name in IN_RESULTS]
    found += [
        Page("project/contributing", *_both(ROOT / "CONTRIBUTING.md")),
        Page("project/changelog", *_both(ROOT / "CHANGELOG.md")),
    ]
    return tuple(found)


def guides() -> list[str]:
    """The guides' names, in their order."""
    there = {file.stem for file in (ROOT / "docs").glob("*.md") if not file.stem.endswith(".zh")}
    there -= set(IN_RESULTS)
    known = [name for name in GUIDES if name in there]
    return [*known, *sorted(there - set(known))]


def _titles(name: str) -> tuple[str, ...]:
    titles = markdown.sections((ROOT / "README.md").read_text("utf-8"))
    if unknown := [title for title in titles if title not in README_SECTIONS]:
        raise ValueError(f"README.md has a section {unknown[0]!r} that has no place on the site")
    return tuple(title for title in titles if README_SECTIONS[title] == name)


def _both(file: Path) -> tuple[Path, Path | None]:
    chinese = file.with_suffix(".zh.md")
    return file, chinese if chinese.is_file() else None
