"""The pages: what a reader sees is run, and what is shown of a program is its code.

`python -m tools.pages [LESSON]…` writes, `python -m tools.pages --check` compares, and with
`--figures` only the pictures are drawn: a lesson's README.md and README.zh.md, for `project` the
project's own, or a guide's: `autograd` is docs/autograd.md and docs/autograd.zh.md. In each:

- every ```` ```python ```` block is executed, all blocks of a page in one namespace; what it prints
  stands in the ```` ```text ```` block below it. `python torch` runs only where PyTorch is
  installed, and `python mnist`, or any other name of a data set, only where that is at hand; what
  `python measured` prints (times, bytes) is written once and not compared; `python repository`
  reads files that are in a clone and in no installation, so it is no notebook's cell;
- `<!-- twins: apply | Line; step | step -->` is followed, up to `<!-- end -->`, by those functions
  of functional.py and imperative.py, side by side where they are narrow enough for it;
- README.zh.md has the blocks of README.md, in its order;
- figure.png is what `figures` draws of a `--quick` run, docs/saved.png and docs/derivatives.png
  what `tools.saved` and `tools.derivatives` draw; README.zh.md shows figure.zh.png, the same with
  Chinese words, for which `jaxdl.plots` needs a Chinese font;
- `<!-- course -->` in the project's own README is followed by the table of lessons, and
  `<!-- accuracy -->` and `<!-- like_torch -->` by what `benchmarks/results` holds; so are
  `<!-- saved -->` and the like in a guide.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxdl import plots
from jaxdl._torch import has_torch
from jaxdl.course import Lesson, find, lessons
from jaxdl.data import CATALOGUE, state
from jaxdl.errors import InputError
from tools import derivatives, saved
from tools.results import with_results

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(
    r"^```python(?P<flags>[ \w]*)\n(?P<code>.*?)^```\n(?:\n?```text\n(?P<output>.*?)^```\n)?",
    re.M | re.S,
)
COURSE = re.compile(r"^<!-- course -->\n.*?^<!-- end -->\n", re.M | re.S)
TWINS = re.compile(r"^<!-- twins: (?P<pairs>.*?) -->\n.*?^<!-- end -->\n", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A piece of code in a README, and what it printed."""

    flags: frozenset[str]
    code: str
    output: str


def blocks(text: str) -> list[Block]:
    """The executable blocks of a page, those of the side-by-side tables left out."""
    return [
        Block(frozenset(found["flags"].split()), found["code"], found["output"] or "")
        for found in BLOCK.finditer(TWINS.sub("", text))
    ]


def outputs(text: str, *, torch: bool) -> list[str | None]:
    """Run a page's blocks in order in one namespace; None for a block that was not run.

    JAX's settings are its defaults, as in the reader's own Python, whatever the caller set; a page
    that computes in float64 from its first block on leaves the caller's own as they were.

    Args:
        text: the page.
        torch: run the blocks that need PyTorch, too.
    """
    import jax

    namespace: dict[str, Any] = {"__name__": "readme"}
    printed: list[str | None] = []
    wide = jax.config.values["jax_enable_x64"]
    try:
        for number, block in enumerate(blocks(text)):
            sets = block.flags & CATALOGUE.keys()
            if ("torch" in block.flags and not torch) or not all(map(_at_hand, sets)):
                printed.append(None)
                continue
            stream = io.StringIO()
            with (
                contextlib.redirect_stdout(stream),
                jax.numpy_dtype_promotion("standard"),
                jax.numpy_rank_promotion("allow"),
            ):
                exec(compile(block.code, f"<README block {number}>", "exec"), namespace)
            printed.append(stream.getvalue())
    finally:
        jax.config.update("jax_enable_x64", wide)
    return printed


def _at_hand(name: str) -> bool:
    return state(name) in ("embedded", "ready")


def with_outputs(text: str, printed: list[str | None]) -> str:
    """The page with what its blocks printed."""
    remaining = iter(printed)

    def write(found: re.Match[str]) -> str:
        output = next(remaining)
        if output is None:
            return found[0]
        shown = f"\n```text\n{output}```\n" if output else ""
        return f"```python{found['flags']}\n{found['code']}```\n{shown}"

    pieces, end = [], 0
    for table in TWINS.finditer(text):
        pieces += [BLOCK.sub(write, text[end : table.start()]), table[0]]
        end = table.end()
    return "".join([*pieces, BLOCK.sub(write, text[end:])])


def with_twins(text: str, lesson: Lesson) -> str:
    """The page with what it shows of the two programs taken from them."""
    sources = {name: (lesson.folder / f"{name}.py").read_text("utf-8") for name in PROGRAMS}
    return TWINS.sub(lambda found: _table(found["pairs"], sources), text)


PROGRAMS = ("functional", "imperative")
HEAD = "<tr><th>functional.py</th><th>imperative.py</th></tr>"
END = "</table>\n"
BESIDE = 60
"""Columns that each of two blocks side by side may have at the most."""


def _table(pairs: str, sources: dict[str, str]) -> str:
    """The blocks of a page; what belongs together is side by side where two columns have room."""
    parts: list[str] = []
    for row in codes(pairs, sources):
        beside = all(row) and max(map(len, "".join(row).splitlines())) <= BESIDE
        if beside and (not parts or not parts[-1].endswith(END)):
            parts += [f"<table>\n{HEAD}\n{END}"]
        if beside:
            cells = f"<tr valign=top><td>\n\n{row[0]}\n</td><td>\n\n{row[1]}\n</td></tr>\n"
            parts[-1] = parts[-1].removesuffix(END) + cells + END
        else:
            parts += [
                f"**{name}.py**\n\n{code}" for name, code in zip(PROGRAMS, row, strict=True) if code
            ]
    return f"<!-- twins: {pairs} -->\n" + "\n".join(parts) + "<!-- end -->\n"


def codes(pairs: str, sources: dict[str, str]) -> list[tuple[str, str]]:
    """For each pair what the functional program has, and what the imperative one; "": nothing.

    Args:
        pairs: "apply | Model; | loader", names of functions and classes.
        sources: the programs' texts, by `PROGRAMS`.

    Raises:
        ValueError: a program does not define a name.
    """
    rows = []
    for pair in pairs.split(";"):
        names = zip(pair.split("|"), PROGRAMS, strict=True)
        one, other = (_code(n, sources[program]) if n.strip() else "" for n, program in names)
        rows.append((one, other))
    return rows


def _code(names: str, source: str) -> str:
    """The source of some top-level functions or classes, as a Markdown block."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    nodes = {node.name: node for node in ast.parse(source).body if isinstance(node, kinds)}
    lines = source.splitlines()
    found = []
    for name in names.split(","):
        if name.strip() not in nodes:
            raise ValueError(f"a README shows {name.strip()!r}, which the program does not define")
        node = nodes[name.strip()]
        first = min([node.lineno, *(line.lineno for line in node.decorator_list)])
        found.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "```python\n" + "\n\n\n".join(found) + "\n```\n"


def with_course(text: str, page: Path) -> str:
    """The project's page with its table of lessons, in the page's language."""
    chinese = page.name.endswith(".zh.md")
    rows = ["| | 课程 | 数据 |" if chinese else "| | lesson | data |", "|---|---|---|"]
    for lesson in lessons():
        title, name = (lesson.title_zh if chinese else lesson.title), lesson.folder.name
        data = ", ".join(lesson.datasets or lesson.tasks) or (
            "自带的几个数" if chinese else "a few numbers of its own"
        )
        rows.append(f"| {lesson.name} | [{title}](lessons/{name}/{page.name}) | {data} |")
    return COURSE.sub("<!-- course -->\n" + "\n".join(rows) + "\n<!-- end -->\n", text)


FIGURES = {"autograd": ("saved", saved.figure), "derivatives": ("derivatives", derivatives.figure)}
"""Guide -> the result and the picture that is drawn of it."""

Subject = Lesson | str | None
"""What two pages are about: a lesson, a guide (its name), None: the project."""


def pages(subject: Subject) -> tuple[Path, Path]:
    """The English and the Chinese page of a lesson, a guide or the project."""
    if isinstance(subject, str):
        return DOCS / f"{subject}.md", DOCS / f"{subject}.zh.md"
    home = subject.folder if subject else DOCS.parent
    return home / "README.md", home / "README.zh.md"


def guides() -> list[str]:
    """The names of the further pages whose blocks run; they are written in both languages."""
    return sorted(page.name.removesuffix(".zh.md") for page in DOCS.glob("*.zh.md"))


def docs() -> list[Path]:
    """The project's further pages, in English, without blocks that run."""
    ran = {page for name in guides() for page in pages(name)}
    return sorted(set(DOCS.glob("*.md")) - ran)


def generated(page: Path, subject: Subject) -> str:
    """A page with its tables as they should be; its blocks' output is left as it stands."""
    text = page.read_text("utf-8")
    if isinstance(subject, Lesson):
        return with_results(with_twins(text, subject), page)
    return with_results(with_course(text, page), page)


def write(lesson: Subject) -> None:
    """Run the English page, write both anew and draw their pictures."""
    english, chinese = pages(lesson)
    printed = outputs(english.read_text("utf-8"), torch=has_torch())
    for page in (english, chinese):
        text = generated(page, lesson)
        if len(blocks(text)) != len(printed):
            raise ValueError(
                f"{page} has {len(blocks(text))} blocks, {english.name} {len(printed)}"
            )
        page.write_text(with_outputs(text, printed), "utf-8")
    for page in [] if lesson else docs():
        page.write_text(generated(page, None), "utf-8")
    draw(lesson)


def draw(subject: Subject) -> None:
    """Draw the pictures of both pages, where they have any; a lesson's quick run is made for it."""
    if isinstance(subject, str) and subject in FIGURES:
        name, figure = FIGURES[subject]
        result = DOCS.parent / "benchmarks" / "results" / f"{name}.json"
        document = json.loads(result.read_text("utf-8"))
        plots.save(lambda: figure(document), DOCS / f"{name}.png")
    if isinstance(subject, Lesson):
        program = subject.program(subject.config(**subject.quick))
        data = program.examples()
        test = {"test": program.test_examples()} if program.test_examples else {}
        params, history = program.train(data, **test)
        plots.save(lambda: program.figures(params, history, data), subject.folder / "figure.png")


def leaning(text: str) -> set[str]:
    """Names that a page's plain blocks use and only blocks define that run not everywhere."""
    stored: dict[bool, set[str]] = {True: set(), False: set()}
    used: set[str] = set()
    for block in blocks(text):
        partly = bool(block.flags & {"torch", "repository", *CATALOGUE})
        for node in ast.walk(ast.parse(block.code)):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    used |= set() if partly else {name}
                case ast.Name(id=name) | ast.arg(arg=name):
                    stored[partly].add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    stored[partly].add(name)
                case ast.alias(name=name, asname=other):
                    stored[partly].add(other or name.partition(".")[0])
    return used & (stored[True] - stored[False])


def stale(subject: Subject, *, torch: bool, run: bool = True) -> list[str]:
    """What in the pages is no longer so; empty: nothing.

    Args:
        subject: whose pages.
        torch: run the blocks that need PyTorch, too.
        run: run any block; else only what can be read off the pages is looked at.
    """
    name = pages(subject)[0].name
    english, chinese = (page.read_text("utf-8") for page in pages(subject))
    wrong = [
        f"{page.name}: a generated table is out of date"
        for page in (*pages(subject), *([] if subject else docs()))
        if generated(page, subject) != page.read_text("utf-8")
    ]
    if blocks(english) != blocks(chinese):
        wrong.append(f"{pages(subject)[1].name}: its blocks are not {name}'s")
    if names := leaning(english):
        missing = ", ".join(sorted(names))
        wrong.append(f"{name}: without PyTorch or data nothing defines {missing}")
    if not run:
        return wrong
    for block, printed in zip(blocks(english), outputs(english, torch=torch), strict=True):
        if printed is not None and (told := otherwise(block, printed)):
            wrong.append(f"{name}: {told}")
    return wrong


def otherwise(block: Block, printed: str) -> str:
    """What a block printed now, where its page says otherwise; "": it is so, or was measured."""
    if "measured" in block.flags or printed == block.output:
        return ""
    return f"prints\n{printed}instead of\n{block.output}for\n{block.code}"


def main(arguments: list[str]) -> int:
    """Write, or with --check compare, the named pages, or the project's, the guides and lessons.

    With --figures draw only their pictures.
    """
    check, figures = "--check" in arguments, "--figures" in arguments
    names = [name for name in arguments if name not in ("--check", "--figures")]
    known: dict[str, Subject] = {"project": None, **{name: name for name in guides()}}
    chosen = [known[name] if name in known else find(name) for name in names]
    chosen = chosen or [*known.values(), *lessons()]
    code = 0
    for lesson in chosen:
        name = lesson.name if isinstance(lesson, Lesson) else lesson or "project"
        if figures:
            draw(lesson)
            print(f"{name}: drawn")
        elif not check:
            write(lesson)
            print(f"{name}: written")
        elif wrong := stale(lesson, torch=has_torch()):
            code = 1
            print(f"{name}:\n" + "\n".join(wrong))
        else:
            print(f"{name}: good")
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        sys.exit(f"{error}")
