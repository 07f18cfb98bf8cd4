"""Text folded at the terminal's width: what a task says, in English and in Chinese."""

import re

import pytest
from rich.cells import cell_len

from jaxdl.cli.fold import folded, laid_out
from jaxdl.course.exercises import all_exercises

WHERE = [40, 60]
LETTERS = re.compile(r"\s+")


@pytest.mark.parametrize("columns", WHERE)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_of_a_task_is_wider_than_the_terminal(monkeypatch, columns, language):
    monkeypatch.setenv("COLUMNS", str(columns))
    for exercise in all_exercises():
        for style in exercise.styles:
            title, ask = exercise.told(language, style)
            for told, text in ((folded(title), title), (laid_out(ask), ask)):
                assert LETTERS.sub("", told) == LETTERS.sub("", text)
                for line in told.splitlines():
                    # One word that is longer, such as an address, is left whole.
                    assert cell_len(line) <= columns or " " not in line.strip(), line


def test_what_fits_stays_as_it_is(monkeypatch):
    monkeypatch.setenv("COLUMNS", "76")
    for exercise in all_exercises():
        for language in ("en", "zh"):
            ask = exercise.told(language, "functional")[1]
            assert laid_out(ask) == ask


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (  # a paragraph is filled again, an item goes on below its explanation
            "One and two and three\nand four.\n\n  f   the sum of all\n      of x;\n  g   none.",
            "One and two and\nthree and four.\n\n  f   the sum of\n      all of x;\n  g   none.",
        ),
        (  # no line begins with a full stop, none ends with an opening bracket
            "数据共有七百五十九行。（一行一个样本）",
            "数据共有七百五十\n九行。（一行一个\n样本）",
        ),
        (  # a shape stays whole; a line break in Chinese becomes a space beside Latin letters alone
            "一行的形状是 (n, k)，\n一个 x 的样本 y\n和 z",
            "一行的形状是\n(n, k)，一个 x 的\n样本 y 和 z",
        ),
    ],
)
def test_where_a_line_ends(monkeypatch, text, told):
    monkeypatch.setenv("COLUMNS", "17")
    assert laid_out(text) == told
