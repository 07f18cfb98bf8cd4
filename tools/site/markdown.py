"""What is done to a page's Markdown on its way from the repository to the site."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from tools.pages import PROGRAMS, TWINS, codes

FENCE = re.compile(r"^(?P<mark>```+)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=mark)[ \t]*\n", re.M | re.S)
HEADING = re.compile(r"^(#{1,6}) (.*?)\s*$", re.M)
ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$', re.M)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
CODE_SPAN = re.compile(r"(`+)(?:(?!\1).|\n(?!\n))+?\1(?!`)")
MARK = re.compile(r"^<!-- [\w-]+ -->\n", re.M)
OTHER_LANGUAGE = re.compile(r"^\[(中文|English)\]\([^)]*\)\n\n?", re.M)
SHELL = re.compile(r"(jaxdl|make|python|pip|eval|pytest|\$|\.|git|JAX|_JAXDL|#)\b|^\$ ")
CJK = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—"
BROKEN_LINE = re.compile(rf"(?<=[{CJK}])\n[ ]*(?=[{CJK}])")
TIGHT_BOLD = re.compile(rf"\*\*([^*\n]+?[{CJK}。.!?:：)）])\*\*(?=[^\s*{{<])")


def slug(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what stands outside of fenced blocks changed."""
    pieces, end = [], 0
    for fence in FENCE.finditer(text):
        pieces += [change(text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*pieces, change(text[end:])])


def outside_spans(text: str, change: Callable[[str], str]) -> str:
    """Prose with what stands outside of `code` changed."""
    pieces, end = [], 0
    for span in CODE_SPAN.finditer(text):
        pieces += [change(text[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*pieces, change(text[end:])])


def prose(text: str) -> str:
    """What stands outside of fenced blocks."""
    return FENCE.sub("", text)


def headings(text: str) -> list[tuple[int, str]]:
    """Levels and titles, in their order."""
    return [(len(marks), title) for marks, title in HEADING.findall(prose(text))]


def anchors(text: str) -> set[str]:
    """All that a link's # may name on this page."""
    found, seen = set(ANCHOR.findall(prose(text))), dict[str, int]()
    for _, title in headings(text):
        name = slug(title)
        found.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return found


def sections(text: str) -> dict[str, str]:
    """A page cut at its headings of the second level; what stands before them is "".

    Each begins with its heading.
    """
    cuts = [0]
    end = 0
    for fence in [*FENCE.finditer(text), None]:
        stop = fence.start() if fence else len(text)
        cuts += [end + found.start() for found in re.finditer(r"^## ", text[end:stop], re.M)]
        end = fence.end() if fence else stop
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    return {"": pieces[0]} | {piece.partition("\n")[0][3:].strip(): piece for piece in pieces[1:]}


def raised(text: str) -> str:
    """A section as a page of its own: its headings one level up."""
    return outside_code(text, lambda part: re.sub(r"^#(#+ )", r"\1", part, flags=re.M))


def links(text: str) -> Iterator[tuple[bool, str, str]]:
    """Every link and picture outside of code: is it a picture, its text, its target."""
    for span in LINK.finditer(CODE_SPAN.sub(lambda found: "`" * len(found[0]), prose(text))):
        yield bool(span[1]), span[2], span[3]


def with_links(text: str, change: Callable[[bool, str, str], str]) -> str:
    """The page with every link and picture replaced.

    Args:
        text: the page.
        change: of (is it a picture, its text, its target) what stands in its place.
    """
    write = lambda found: change(bool(found[1]), found[2], found[3])  # noqa: E731

    def part(piece: str) -> str:
        # A link's text may hold `code`; code that looks like a link stays.
        hidden: list[str] = []

        def hide(found: re.Match[str]) -> str:
            hidden.append(found[0])
            return f"\0{len(hidden) - 1}\0"

        piece = LINK.sub(write, CODE_SPAN.sub(hide, piece))
        return re.sub(r"\0(\d+)\0", lambda found: hidden[int(found[1])], piece)

    return outside_code(text, part)


def without_marks(text: str) -> str:
    """Without the generator's marks and the link to the other language: the site has a switch."""
    return outside_code(text, lambda part: OTHER_LANGUAGE.sub("", MARK.sub("", part)))


def with_targets(text: str) -> str:
    """`<a id="trap-1"></a>` as MyST's target, which Sphinx checks links against."""
    return outside_code(text, lambda part: ANCHOR.sub(r"(\1)=", part))


def joined(text: str) -> str:
    """Chinese, whose lines end in the file and not on the page: a browser puts a space there.

    And `**词。**词`, which CommonMark takes for no emphasis, since punctuation stands inside.
    """

    def change(part: str) -> str:
        return outside_spans(BROKEN_LINE.sub("", part), bold)

    def bold(part: str) -> str:
        return TIGHT_BOLD.sub(r"<strong>\1</strong>", part)

    return outside_code(text, change)


NEEDS = {"torch": "PyTorch", "measured": "", "repository": ""}


def with_blocks(text: str) -> str:
    """Blocks with what a reader must know of them: one needs PyTorch, one is an output."""
    pieces, end, output = [], 0, False
    for fence in FENCE.finditer(text):
        between = text[end : fence.start()]
        language, *flags = fence["info"].split() or [""]
        if fence["info"].startswith("{"):
            language, flags = fence["info"], []
        first = fence["code"].partition("\n")[0]
        if not language and SHELL.match(first):
            language = "bash"
        needs = ", ".join(NEEDS.get(flag, flag) for flag in flags if NEEDS.get(flag, flag))
        block = f"{fence['mark']}{language}\n{fence['code']}{fence['mark']}\n"
        if needs:
            block = f'<div class="needs" data-needs="{escape(needs)}">\n\n{block}\n</div>\n'
        elif language == "text" and output and not between.strip():
            block = f'<div class="output">\n\n{block}\n</div>\n'
        pieces += [between, block]
        output = language == "python"
        end = fence.end()
    return "".join([*pieces, text[end:]])


def with_twins(text: str, folder: Path, tied: list[list[int]], told: str) -> str:
    """Its side-by-side tables as two columns whose lines know where in the programs they stand.

    Args:
        text: a chapter.
        folder: the lesson's.
        tied: pairs of lines of the two programs that belong together (`recordings.tied_lines`).
        told: a sentence above the table that says how they are tied.
    """
    heads = "".join(f"<code>{name}.py</code>" for name in PROGRAMS)
    sources = {name: (folder / f"{name}.py").read_text("utf-8") for name in PROGRAMS}

    def write(found: re.Match[str]) -> str:
        rows = []
        for pair, shown in zip(
            found["pairs"].split(";"), codes(found["pairs"], sources), strict=True
        ):
            row = ""
            for names, code, name in zip(pair.split("|"), shown, PROGRAMS, strict=True):
                places = " ".join(map(str, line_numbers(names, sources[name])))
                row += (
                    f'<div class="twin" data-file="{name}.py" data-lines="{places}">\n\n'
                    f"{code}\n</div>\n"
                ) * bool(code)
            kind = "twin-row" if all(shown) else "twin-row alone"
            rows.append(f'<div class="{kind}">\n{row}</div>\n')
        return (
            f'<p class="told">{escape(told)}</p>\n<div class="twins">\n'
            + f'<div class="twin-row names">{heads}</div>\n'
            + "".join(rows)
            + f'<script type="application/json" class="tied">{json.dumps(tied)}</script>\n</div>\n'
        )

    return TWINS.sub(write, text)


def line_numbers(names: str, source: str) -> list[int]:
    """Where these functions' lines stand in their file; 0: a blank one between two of them."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    nodes = {node.name: node for node in ast.parse(source).body if isinstance(node, kinds)}
    found: list[int] = []
    for name in filter(None, map(str.strip, names.split(","))):
        node = nodes[name]
        first = min([node.lineno, *(line.lineno for line in node.decorator_list)])
        found += [0, 0] if found else []
        found += range(first, (node.end_lineno or first) + 1)
    return found
