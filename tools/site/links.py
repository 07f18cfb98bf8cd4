"""A link between the repository's files as a link of the site."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tools.site import markdown
from tools.site.places import ROOT
from tools.site.plan import Page, pages

FIGURES = (".png", ".svg", ".gif")
NOTEBOOKS = "notebooks"
"""The branch that the notebooks are published to; nothing but them is on it."""


@dataclass
class Linker:
    """Rewrites one page's links, and remembers which files the page needs beside it.

    Args:
        page: whose.
        language: "en" or "zh".
        files: the name on the site -> the repository's file.
    """

    page: Page
    language: str
    files: dict[str, Path] = field(default_factory=dict)

    def __call__(self, picture: bool, text: str, target: str) -> str:
        """The link as it stands on the site.

        Raises:
            ValueError: it leads nowhere, or a picture has no words.
        """
        mark = "!" if picture else ""
        if picture and not text.strip():
            raise ValueError(f"{self.page.source(self.language)}: {target} has no text beside it")
        if "://" in target or target.startswith("mailto:"):
            return f"{mark}[{text}]({target})"
        path, _, anchor = target.partition("#")
        source = self.page.source(self.language)
        file = Path(os.path.normpath(source.parent / path)) if path else source
        if not file.exists():
            raise ValueError(f"{source}: {target} leads to nothing")
        if picture:
            return f"![{text}](/{self.beside(file)})"
        if found := on_the_site(file, anchor, self.language):
            return f"[{text}]({self.way(*found)})"
        if anchor and file.suffix == ".md":
            raise ValueError(f"{source}: {target} names no heading")
        if url := repository():
            kind = "tree" if file.is_dir() else "blob"
            return f"[{text}]({url}/{kind}/HEAD/{file.relative_to(ROOT).as_posix()})"
        return text if file.is_dir() else f"[{text}](/{self.beside(file)})"

    def way(self, page: Page, anchor: str) -> str:
        """From this page to another one, or to a heading of it."""
        if anchor and anchor in markdown.ANCHOR.findall(page.text(self.language)):
            return f"#{anchor}"  # a target of its own name, wherever it stands
        if page.name == self.page.name:
            return f"#{anchor}" if anchor else f"/{page.name}.md"
        return f"/{page.name}.md" + (f"#{anchor}" if anchor else "")

    def beside(self, file: Path) -> str:
        """The name of a copy that lies with the pages."""
        folder = "figures" if file.suffix in FIGURES else "files"
        name = f"{folder}/{'-'.join(file.relative_to(ROOT).parts)}"
        self.files[name] = file
        return name


def on_the_site(file: Path, anchor: str, language: str) -> tuple[Page, str] | None:
    """The page that a file, or a heading of it, has become; None: none."""
    if file.is_dir() and (file / "README.md").is_file():
        file = file / "README.md"
    english = file.with_name(file.name.replace(".zh.md", ".md"))
    found = [page for page in pages() if page.file == english]
    for page in found:
        # A page that links to an English file means that file's words for its heading.
        for spoken in (language, "en", "zh"):
            if anchor and anchor in markdown.anchors(page.text(spoken)):
                return page, _translated(page, anchor, spoken, language)
    return (found[0], "") if found and not anchor else None


def _translated(page: Page, anchor: str, spoken: str, language: str) -> str:
    """The anchor that the same heading has in another language."""
    if spoken == language or anchor in markdown.ANCHOR.findall(page.text(language)):
        return anchor
    slugs = [
        [markdown.slug(title) for _, title in markdown.headings(page.text(each))]
        for each in (spoken, language)
    ]
    return slugs[1][slugs[0].index(anchor)]


@cache
def repository() -> str:
    """Where the sources can be read; "": nowhere that is known, and pages link to copies."""
    server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    if server and name:
        return f"{server}/{name}"
    told = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    if not told.startswith("https://"):
        return ""
    host, _, path = told.removeprefix("https://").removesuffix(".git").partition("/")
    return f"https://{host.rpartition('@')[2]}/{path}"


def notebook(name: str, language: str) -> str:
    """Where a chapter can be read as a notebook, by its folder's name.

    Where the repository's address is not known: from one notebook to another.
    """
    way = f"{language}/{name}.ipynb"
    return f"{repository()}/blob/{NOTEBOOKS}/{way}" if repository() else f"../{way}"


def opened(name: str, language: str) -> dict[str, str]:
    """Addresses that open a chapter's notebook to be run; none where it is published nowhere."""
    host, _, project = repository().removeprefix("https://").partition("/")
    if host != "github.com":
        return {}
    way = f"{NOTEBOOKS}/{language}/{name}.ipynb"
    raw = f"https://raw.githubusercontent.com/{project}/{way}"
    return {
        "colab": f"https://colab.research.google.com/github/{project}/blob/{way}",
        "kaggle": f"https://kaggle.com/kernels/welcome?src={raw}",
    }
