"""A chapter as a notebook.

`python -m tools.notebooks.make [LESSON]…` writes build/notebooks/en and build/notebooks/zh. Every
block that `tools.pages` runs becomes a cell, and what it printed is left out: a notebook makes its
own outputs, and `tools.notebooks.check` holds them against the chapter's. Text, commands, the two
programs side by side and the pictures stay what they are to read.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext

from jaxdl.course import Lesson, find, lessons
from jaxdl.data import CATALOGUE
from jaxdl.errors import InputError
from tools.pages import BLOCK, TWINS, Block, blocks, pages
from tools.site import markdown
from tools.site.links import notebook, opened, repository
from tools.site.places import BUILD, LANGUAGES, ROOT
from tools.site.words import WORDS

HOME = BUILD / "notebooks"
ELSEWHERE = {*CATALOGUE, "repository"}
"""Flags of blocks that need what an installation does not bring: they stay text, output and all."""
HEADER = "---\njupyter:\n  jupytext:\n    split_at_heading: true\n---\n\n"
PICTURE = re.compile(r"^!\[[^\]]*\]\(data:[^)]*\)$", re.M)
ALIGNED = "vertical-align: top; text-align: left"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
EXTRA = "[course]"
"""What a chapter needs beside the library: its data and figures."""
BADGES = {
    "colab": "https://colab.research.google.com/assets/colab-badge.svg",
    "kaggle": "https://kaggle.com/static/images/open-in-kaggle.svg",
}
INSTALL = """\
# Installs what is missing, and nothing anew: Colab and Kaggle bring JAX and PyTorch.
import importlib.util
import os
import subprocess
import sys

sources = {sources}
missing = [source for name, source in sources.items() if not importlib.util.find_spec(name)]
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)
    importlib.invalidate_caches()
"""


def source(lesson: Lesson, language: str) -> Path:
    """The chapter's file."""
    return pages(lesson)[LANGUAGES.index(language)]


def path(lesson: Lesson, language: str, home: Path = HOME) -> Path:
    """Where the notebook is written."""
    return home / language / f"{lesson.folder.name}.ipynb"


def cells(lesson: Lesson, language: str) -> list[Block]:
    """The chapter's blocks that are cells, in their order; the cell that installs comes before."""
    found = blocks(source(lesson, language).read_text("utf-8"))
    return [block for block in found if not block.flags & ELSEWHERE]


def made(lesson: Lesson, language: str) -> Any:
    """The notebook, without outputs: nbformat's node."""
    file = source(lesson, language)
    text = markdown.OTHER_LANGUAGE.sub("", file.read_text("utf-8"), count=1)
    title, _, below = text.partition("\n")
    text = f"{title}\n{head(lesson, language)}{below}"
    pieces, end = [], 0
    for table in TWINS.finditer(text):
        pieces += [BLOCK.sub(cell(language), text[end : table.start()]), region(bare(table[0]))]
        end = table.end()
    text = "".join([*pieces, BLOCK.sub(cell(language), text[end:])])
    if language == "zh":
        text = markdown.joined(text)
    text = markdown.with_links(text, link(file, language))
    text = PICTURE.sub(lambda found: region(found[0] + "\n"), text)
    nb = jupytext.reads(HEADER + text, fmt="md")
    nb.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, each in enumerate(nb.cells):
        each["id"] = f"{lesson.name}-{number}"
        each.metadata.pop("lines_to_next_cell", None)  # jupytext's, for the way back
    return nb


def head(lesson: Lesson, language: str) -> str:
    """What a notebook has and its chapter has not: the other language, the badges, the install."""
    words = WORDS[language]
    (other,) = {*LANGUAGES} - {language}
    name = lesson.folder.name
    shown = [f"[{WORDS[other]['language']}]({notebook(name, other)})"]
    shown += [
        f"[![{words[place]}]({BADGES[place]})]({address})"
        for place, address in opened(name, language).items()
    ]
    code = install({flag for block in cells(lesson, language) for flag in block.flags})
    told = f"{' · '.join(shown)}\n\n{words['notebook']}"
    return f'\n{told}\n\n```python tags=["install"]\n{code}```\n'


def install(flags: set[str]) -> str:
    """The cell that installs the repository's jaxdl, or what JAXDL_WHEEL tells pip instead.

    Where the repository's address is not known, it is the clone in which the notebook was made.
    """
    clone = os.path.relpath(ROOT, HOME / "en")
    name = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    known = f"{name}{EXTRA} @ git+{repository()}" if repository() else f"{clone}{EXTRA}"
    sources = [f'"jaxdl": os.environ.get("JAXDL_WHEEL", "{known}")']
    sources += ['"torch": "torch"'] if "torch" in flags else []
    return INSTALL.format(sources="{\n" + "".join(f"    {each},\n" for each in sources) + "}")


def cell(language: str) -> Callable[[re.Match[str]], str]:
    """Writes a block as jupytext reads it."""

    def write(found: re.Match[str]) -> str:
        flags = sorted(found["flags"].split())
        if ELSEWHERE.intersection(flags):
            output = f"\n```text\n{found['output']}```\n" if found["output"] else ""
            told = f"*{WORDS[language]['not_here']}*\n\n"
            return region(f"{told}```python\n{found['code']}```\n{output}")
        tags = f" tags={json.dumps(flags)}" if flags else ""
        return f"```python{tags}\n{found['code']}```\n"

    return write


def region(text: str) -> str:
    """Text that jupytext leaves whole, blocks in it, too."""
    return f"<!-- #region -->\n{text}<!-- #endregion -->\n"


def bare(table: str) -> str:
    """The side-by-side table without the generator's marks, and against Jupyter's own alignment."""
    lines = [line for line in table.splitlines(True) if not line.startswith("<!--")]
    return "".join(lines).replace("<td>", f'<td style="{ALIGNED}">')


def link(file: Path, language: str) -> Callable[[bool, str, str], str]:
    """Writes a chapter's link as one that leads there from anywhere; a picture is carried along."""
    chapters = {
        page: lesson.folder.name for lesson in lessons() for page in (lesson.folder, *pages(lesson))
    }

    def write(picture: bool, text: str, target: str) -> str:
        if "://" in target:
            return f"{'!' * picture}[{text}]({target})"
        way, _, anchor = target.partition("#")
        found = Path(os.path.normpath(file.parent / way)) if way else file
        if picture:  # Colab shows no attachments
            return f"![{text}](data:image/png;base64,{b64encode(found.read_bytes()).decode()})"
        if found in chapters and not anchor:
            return f"[{text}]({notebook(chapters[found], language)})"
        if not repository():
            return text
        kind = "tree" if found.is_dir() else "blob"
        address = f"{repository()}/{kind}/HEAD/{found.relative_to(ROOT).as_posix()}"
        return f"[{text}]({address}{'#' * bool(anchor)}{anchor})"

    return write


def main(arguments: list[str]) -> int:
    """Write the named lessons' notebooks, or all."""
    for lesson in map(find, arguments) if arguments else lessons():
        for language in LANGUAGES:
            file = path(lesson, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(jupytext.writes(made(lesson, language), fmt="ipynb"), "utf-8")
    print(f"written: {HOME}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"{error}")
