"""Text folded at the terminal's width, English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from shutil import get_terminal_size

from rich.cells import cell_len

WIDEST = 100  # a longer line is hard to read
OPENS, CLOSES = "（「『《【“‘", "、。，；：？！）」』》】”’…"
WIDE = "\u2e80-\U0003ffff"
ATOM = re.compile(
    rf"\s*(?:[{OPENS}]*(?:(?![{OPENS}{CLOSES}])[{WIDE}]"
    rf"|(?:[^\s(){OPENS}{CLOSES}{WIDE}]*\([^()]{{1,24}}\)|[^\s{OPENS}{CLOSES}{WIDE}])+)[{CLOSES}]*"
    rf"|[{OPENS}{CLOSES}]+)"
)
"""What stays on a line: a word, f(x, y), a Chinese character with the punctuation beside it."""


def folded(text: str, indent: str = "  ") -> str:
    """One paragraph, no line wider than the terminal.

    Args:
        text: without line breaks.
        indent: of all lines but the first.
    """
    return "\n".join(_lines(text, columns(), indent))


def laid_out(text: str) -> str:
    """Paragraphs and lists as they are; those that are wider than the terminal are folded anew.

    Args:
        text: its paragraphs stand at the left, what is indented is an item of a list, what is
            indented further goes on with it; a gap in an item is before what explains it.
    """
    lines = []
    for block in _blocks(text.splitlines()):
        if max(map(cell_len, block), default=0) <= get_terminal_size().columns:
            lines += block
            continue
        whole = block[0]
        for line in block[1:]:
            whole = _joined(whole, line.strip())
        lines += _lines(whole, columns(), " " * _hang(block))
    return "\n".join(lines)


def columns() -> int:
    """How wide a line may be."""
    return min(get_terminal_size().columns, WIDEST)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The lines of a paragraph, or of an item of a list; a blank one for itself."""
    block: list[str] = []
    for line in lines:
        goes_on = block and block[0].strip() and line.strip()
        if goes_on and (_indent(line) > _indent(block[0]) > 0 or not _indent(block[0] + line)):
            block.append(line)
            continue
        if block:
            yield block
        block = [line]
    if block:
        yield block


def _joined(one: str, other: str) -> str:
    """Two lines in one: Chinese has a space beside another script, and none beside punctuation."""
    ends = one[-1], other[0]
    close = all(cell_len(end) > 1 for end in ends) or set(ends) & set(OPENS + CLOSES)
    return one + ("" if close else " ") + other


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _hang(block: list[str]) -> int:
    """The indent of the second line and those after it."""
    own = _indent(block[0])
    gap = re.match(r"\s*\S.*?\s{2,}(?=\S)", block[0])
    hang = _indent(block[1]) if len(block) > 1 else len(gap[0]) if gap else own
    return hang if hang <= columns() // 3 else own + 4


def _lines(text: str, width: int, indent: str) -> list[str]:
    """A paragraph in lines; a word that is wider than all of them is left whole."""
    lines, line = [], text[: _indent(text)]
    atoms = ATOM.findall(text.strip())
    room = width - len(indent)
    for atom in chain(*(re.findall(r"\s*\S+", a) if cell_len(a) > room else [a] for a in atoms)):
        if line.strip() and cell_len(line + atom) > width:
            lines.append(line.rstrip())
            line = indent + atom.lstrip()
        else:
            line += atom
    return [*lines, line.rstrip()]
