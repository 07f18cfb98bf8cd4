"""`jaxdl list` in terminals of every width."""

import pytest
from rich.cells import cell_len

from jaxdl.cli import exit_code
from jaxdl.course import lessons


@pytest.fixture
def listed(capsys, monkeypatch):
    """The lines, in a terminal that wide, where no data have been fetched."""
    monkeypatch.delenv("JAXDL_DATA_DIR", raising=False)
    monkeypatch.setenv("LC_ALL", "C")

    def lines(columns=None, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if columns:
            monkeypatch.setenv("COLUMNS", str(columns))
        assert exit_code([]) == 0
        return capsys.readouterr().out.splitlines()

    return lines


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_short_line_a_lesson(listed, columns):
    head, *lines = listed(columns)
    assert max(map(cell_len, [head, *lines])) <= columns
    for lesson, line in zip(lessons(), lines, strict=False):
        assert line.startswith(f"{lesson.name}     {lesson.title}")
        assert (lesson.title_zh in line) == (columns > 40)
    assert not lines[len(lessons())].startswith("l")
    assert "(names)" in " ".join(lines) or columns < 80


def test_of_two_titles_the_users_stays(listed):
    lines = listed(40, LC_ALL="zh_CN.UTF-8")[1:]
    assert [line for line, lesson in zip(lines, lessons(), strict=False)
            if lesson.title_zh not in line] == []  # fmt: skip


def test_in_a_pipe_nothing_is_left_out(listed, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = listed()
    assert "digits, (mnist), (fashion_mnist), (kmnist), (cifar10)  yes" in "\n".join(lines)
    assert "Data (in brackets) are not here; jaxdl data list says how to get them." in lines


def test_titles_that_the_terminal_cannot_show_are_left_out(listed, monkeypatch):
    monkeypatch.setattr("jaxdl.cli.listing.is_shown", str.isascii)
    assert "\n".join(listed(120)).isascii()
