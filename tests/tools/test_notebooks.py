"""The chapters as notebooks: each block a cell, both languages the same, nothing printed yet."""

import re
import subprocess
from importlib import util
from types import SimpleNamespace

import nbformat
import pytest

from jaxdl.course import find, lessons
from jaxdl.data import CATALOGUE, state
from tools import pages
from tools.notebooks import check, make
from tools.site import assemble, links, markdown, plan
from tools.site.places import LANGUAGES

KNOWN = "https://github.com/owner/name"
LESSONS = [pytest.param(lesson, id=lesson.name) for lesson in lessons()]


@pytest.fixture(params=[KNOWN, ""], ids=["known", "unknown"])
def address(request, monkeypatch):
    """The repository's, or that nobody knows it."""
    for module in (links, make):
        monkeypatch.setattr(module, "repository", lambda: request.param)
    return request.param


@pytest.fixture
def known(monkeypatch):
    for module in (links, make):
        monkeypatch.setattr(module, "repository", lambda: KNOWN)


def codes(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def texts(nb):
    return "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown") + "\n"


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.usefixtures("address")
def test_a_notebook_has_all_of_its_chapter(lesson):
    both = [make.made(lesson, language) for language in LANGUAGES]
    for nb, page in zip(both, pages.pages(lesson), strict=True):
        nbformat.validate(nb)
        chapter = page.read_text("utf-8")
        install, *cells = codes(nb)
        assert install.metadata["tags"] == ["install"]
        run = [block for block in pages.blocks(chapter) if not block.flags & make.ELSEWHERE]
        assert [f"{cell.source}\n" for cell in cells] == [block.code for block in run]
        assert [set(cell.metadata.get("tags", ())) for cell in cells] == [b.flags for b in run]
        assert all(not cell.outputs and cell.execution_count is None for cell in [install, *cells])
        for block in pages.blocks(chapter):
            if block.flags & make.ELSEWHERE:
                assert f"```python\n{block.code}```\n\n```text\n{block.output}```" in texts(nb)
        assert markdown.headings(texts(nb)) == markdown.headings(chapter)
        twins = "".join(table[0] for table in pages.TWINS.finditer(chapter))
        assert all(fence[0] in texts(nb) for fence in markdown.FENCE.finditer(twins))
        fences = [fence[0].strip() for fence in markdown.FENCE.finditer(chapter)]
        commands = [fence for fence in fences if fence.startswith("```\n")]
        assert [fence for fence in commands if fence not in texts(nb)] == []
        shown = sum(cell.source.count("```text\n") for cell in nb.cells)
        assert shown == sum(bool(b.flags & make.ELSEWHERE) for b in pages.blocks(chapter))
    assert [cell.source for cell in codes(both[0])] == [cell.source for cell in codes(both[1])]


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere_from_anywhere(lesson, language, address):
    found = list(markdown.links(texts(make.made(lesson, language))))
    for picture, words, target in found:
        assert words.strip() or not picture
        if picture:
            assert target.startswith(("data:image/png;base64,", "https://"))
        elif not target.startswith("https://"):
            home = make.path(lesson, language).parent
            assert (home / target).resolve() in {
                make.path(one, each) for one in lessons() for each in LANGUAGES
            }
            assert not address
    chapter = make.source(lesson, language).read_text("utf-8")
    there = sum(picture for picture, _, _ in markdown.links(chapter))
    assert sum(target.startswith("data:") for _, _, target in found) == there


@pytest.mark.usefixtures("known")
def test_badges_open_the_notebook_and_the_site_has_them_as_links():
    lesson = find("l04")
    way = make.path(lesson, "zh").relative_to(make.HOME).as_posix()
    text = texts(make.made(lesson, "zh"))
    colab = f"https://colab.research.google.com/github/owner/name/blob/notebooks/{way}"
    kaggle = "https://kaggle.com/kernels/welcome?src="
    kaggle += f"https://raw.githubusercontent.com/owner/name/notebooks/{way}"
    assert re.search(rf"\[!\[在 Colab 中打开\]\(\S+\)\]\({re.escape(colab)}\)", text)
    assert re.search(rf"\[!\[在 Kaggle 中打开\]\(\S+\)\]\({re.escape(kaggle)}\)", text)
    assert f"[English]({KNOWN}/blob/notebooks/{way.replace('zh', 'en', 1)})" in text
    page = next(page for page in plan.pages() if page.name == "course/l04")
    shown = assemble.of_file(page, "zh", links.Linker(page, "zh"), {})
    assert f'<a href="{colab}">在 Colab 中打开</a>\n<a href="{kaggle}">' in shown
    assert "<img" not in shown


@pytest.mark.usefixtures("known")
def test_links_become_the_notebooks():
    lesson = find("l04")
    write = make.link(make.source(lesson, "en"), "en")
    assert write(False, "x", "../l03_gradient_descent/README.md") == (
        f"[x]({KNOWN}/blob/notebooks/en/l03_gradient_descent.ipynb)"
    )
    assert write(False, "x", "../../docs/jit.md#y") == f"[x]({KNOWN}/blob/HEAD/docs/jit.md#y)"
    own = f"{KNOWN}/blob/HEAD/lessons/l04_back_propagation/README.md#y"
    assert write(False, "x", "#y") == f"[x]({own})"
    assert write(False, "x", "../../docs") == f"[x]({KNOWN}/tree/HEAD/docs)"


def installed(monkeypatch, code, there, **settings):
    """What pip is told where only `there` can be imported."""
    told = []
    monkeypatch.setattr(util, "find_spec", lambda name: name in there or None)
    monkeypatch.setattr(subprocess, "run", lambda command, check: told.append(command[4:]))
    monkeypatch.delenv("JAXDL_WHEEL", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    exec(code, {})
    return told


@pytest.mark.usefixtures("known")
def test_the_first_cell_installs_what_is_missing_and_no_strangers_package(monkeypatch):
    code = make.install({"torch"})
    assert installed(monkeypatch, code, {"jaxdl", "torch"}) == []
    ours = f"jaxdl-course[course] @ git+{KNOWN}"
    assert installed(monkeypatch, code, {"torch"}) == [["--quiet", ours]]
    assert installed(monkeypatch, code, ()) == [["--quiet", ours, "torch"]]
    wheel = {"JAXDL_WHEEL": "some.whl[course]"}
    assert installed(monkeypatch, code, {"torch"}, **wheel) == [["--quiet", "some.whl[course]"]]
    assert "torch" not in make.install(set()).partition("missing")[0].partition("{")[2]


def test_an_output_that_is_not_the_chapters_is_told(monkeypatch):
    page = (
        "```python\nprint(1)\n```\n\n```text\n1\n```\n\n"
        "```python measured\nprint(2)\n```\n\n```text\n2\n```\n\n"
        "```python\nx = 3\n```\n"
    )
    monkeypatch.setattr(check, "cells", lambda lesson, language: pages.blocks(page))

    def stream(text, name="stdout"):
        return [SimpleNamespace(output_type="stream", name=name, text=text)]

    def wrong(*outputs):
        cells = [SimpleNamespace(cell_type="code", outputs=each) for each in ([], *outputs)]
        nb = SimpleNamespace(cells=[SimpleNamespace(cell_type="markdown"), *cells])
        return check.wrong(nb, find("l04"), "en")

    assert wrong(stream("1\n"), stream("2\n"), []) == []
    assert wrong(stream("1\n"), stream("9\n"), stream("a warning", "stderr")) == []
    assert "prints\n9\ninstead of\n1\n" in wrong(stream("9\n"), stream("2\n"), [])[0]
    value = nbformat.v4.new_output("execute_result", {"text/plain": "3"})
    assert "prints\n3\ninstead of\nfor\nx = 3" in wrong(stream("1\n"), stream("2\n"), [value])[0]
    with pytest.raises(ValueError, match="zip"):
        wrong(stream("1\n"), stream("2\n"))


def test_no_block_of_any_page_is_left_out_where_everything_runs():
    """Each is run by tests/torch/test_twins.py, but for those of data that do not come along.

    The Titanic's are run by tests/lessons/test_l08.py.
    """
    subjects = [None, *pages.guides(), *lessons()]
    ran = {page for subject in subjects for page in pages.pages(subject)}
    needed = set()
    for page in plan.pages():
        for language in LANGUAGES:
            file = page.source(language)
            text = pages.TWINS.sub("", file.read_text("utf-8"))
            fences = list(markdown.FENCE.finditer(text))
            python = [fence for fence in fences if fence["info"].startswith("py")]
            assert not python or file in ran, file
            assert len(python) == len(pages.blocks(text)), file
            assert "<img" not in markdown.prose(text), file  # a picture whose words nobody checks
            flags = {flag for block in pages.blocks(text) for flag in block.flags}
            assert flags <= {"torch", "measured", "repository", *CATALOGUE}, file
            needed |= flags & CATALOGUE.keys()
    assert {name for name in needed if state(name) != "embedded"} == {"mnist", "titanic"}
