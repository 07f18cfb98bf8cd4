"""The site's sources, before Sphinx sees them: two languages of one site, links, words, names."""

import importlib
import json
import re
from dataclasses import replace
from functools import partial

import pytest

from jaxdl.autograd.graph import Graph, Node, Place
from jaxdl.autograd.recording import Recording, Step
from jaxdl.course import find, lessons
from tools.results import TABLES
from tools.site import (
    api,
    assemble,
    build,
    commands,
    links,
    markdown,
    plan,
    recordings,
    results,
    search,
)
from tools.site.links import Linker
from tools.site.places import ROOT

NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The whole site in both languages, without the reference, which needs Sphinx."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "CACHE", tmp_path_factory.mktemp("drawn"))
        return [assemble.assembled(language, reference=False) for language in ("en", "zh")]


@pytest.fixture
def recorded(tmp_path):
    """A page that was recorded, and which lines of lesson 4's two programs belong together."""
    path = tmp_path / "l04-key.html"
    recordings.lines(path).write_text("[[31, 28], [38, 52]]")
    return {"l04": path, "hazards": tmp_path / "hazards-key.html"}


def blocks(text):
    """Every fenced block: its language and its code; of a shell's no comments."""
    found = []
    for fence in markdown.FENCE.finditer(text):
        kind, code = fence["info"].strip(), fence["code"]
        if kind in ("bash", "") and "toctree" not in kind:
            code = re.sub(r"\s*#.*", "", code)
        if not kind.startswith("{"):
            found.append((kind, code))
    return found


def test_both_languages_have_the_same_pages_blocks_and_headings(both):
    english, chinese = both
    assert english.texts.keys() == chinese.texts.keys()
    assert english.files.keys() == {name.replace(".zh.", ".") for name in chinese.files}
    for name, text in english.texts.items():
        other = chinese.texts[name]
        levels = [[level for level, _ in markdown.headings(one)] for one in (text, other)]
        assert levels[0] == levels[1], name
        assert blocks(text) == blocks(other), name


@pytest.mark.parametrize("page", [p for p in plan.pages() if p.chinese], ids=lambda p: p.name)
def test_both_languages_have_the_same_numbers(page):
    """Those of more than one digit: smaller ones are words in one language or the other."""

    def numbers(language):
        prose = re.sub(r"\]\([^)]*\)", "]", markdown.prose(page.text(language)))
        return {number for number in NUMBER.findall(prose) if len(number) > 1}

    assert numbers("en") == numbers("zh")


def test_the_site_has_every_page_of_the_repository():
    files = {page.file for page in plan.pages()}
    assert files >= {lesson.folder / "README.md" for lesson in lessons()}
    guides = {file for file in (ROOT / "docs").glob("*.md") if not file.stem.endswith(".zh")}
    assert files >= guides | {ROOT / name for name in ("README.md", "CHANGELOG.md")}


def test_every_link_leads_somewhere_and_every_picture_has_words(both):
    """`assembled` raises where one does not; what it has written is looked at once more."""
    for language, sources in zip(("en", "zh"), both, strict=True):
        names = {f"/{name}" for name in [*sources.texts, *sources.files]}
        for name, text in sources.texts.items():
            targets = set(re.findall(r"^\(([\w-]+)\)=$", text, re.M))
            for picture, words, target in markdown.links(text):
                path, _, anchor = target.partition("#")
                if "://" in target:
                    continue
                assert path in names or not path, f"{language}, {name}: {target}"
                assert words.strip() or not picture
                if anchor and path:
                    assert anchor in markdown.anchors(sources.texts[path[1:]]), f"{name}: {target}"
                elif anchor:
                    everywhere = {
                        a
                        for one in sources.texts.values()
                        for a in re.findall(r"^\(([\w-]+)\)=$", one, re.M)
                    }
                    assert anchor in everywhere | targets | markdown.anchors(text), (
                        f"{name}: {target}"
                    )


@pytest.mark.parametrize(
    ("picture", "words", "target", "told"),
    [
        (False, "there", "nowhere.md", "leads to nothing"),
        (False, "there", "jit.md#nowhere", "names no heading"),
        (True, " ", "saved.png", "has no text"),
    ],
)
def test_what_leads_nowhere_or_says_nothing_is_an_error(picture, words, target, told):
    page = next(page for page in plan.pages() if page.name == "guide/autograd")
    with pytest.raises(ValueError, match=told):
        Linker(page, "en")(picture, words, target)


def test_links_become_the_sites():
    page = next(page for page in plan.pages() if page.name == "course/l04")
    english, chinese = Linker(page, "en"), Linker(page, "zh")
    assert english(False, "x", "../../docs/jit.md#more-than-one-core") == (
        "[x](/guide/jit.md#more-than-one-core)"
    )
    assert english(False, "x", "../../README.md#the-course") == "[x](/course/index.md#the-course)"
    # A Chinese page that names an English heading comes to the same one in Chinese.
    assert chinese(False, "x", "../../README.md#the-course") == "[x](/course/index.md#课程)"
    assert english(False, "x", "../../docs/porting-layers.md#trap-3") == "[x](#trap-3)"
    assert english(False, "x", "https://docs.jax.dev") == "[x](https://docs.jax.dev)"
    assert english(True, "x", "figure.png") == (
        "![x](/figures/lessons-l04_back_propagation-figure.png)"
    )


def test_a_link_to_a_source_leads_to_the_repository_or_to_a_copy(monkeypatch):
    page = next(page for page in plan.pages() if page.name == "guide/tape")
    target = "../jaxdl/autograd/tape.py"
    monkeypatch.setattr(links, "repository", lambda: "https://host/owner/name")
    linker = Linker(page, "en")
    assert linker(False, "x", target) == (
        "[x](https://host/owner/name/blob/HEAD/jaxdl/autograd/tape.py)"
    )
    assert linker(False, "x", "../tools") == "[x](https://host/owner/name/tree/HEAD/tools)"
    monkeypatch.setattr(links, "repository", lambda: "")
    assert linker(False, "x", target) == "[x](/files/jaxdl-autograd-tape.py)"
    assert linker(False, "x", "../tools") == "x"
    assert list(linker.files) == ["files/jaxdl-autograd-tape.py"]


def test_every_public_name_has_a_page_with_a_docstring():
    """Counted: each name that an `__all__` lists, each with its shapes where it has a signature."""
    found = [name for package in api.packages() for name in api.names(package)]
    listed = [len(importlib.import_module(package).__all__) for package in api.packages()]
    assert len(found) == sum(listed) > 350
    assert [f"{name.package}.{name.name}" for name in found if not name.doc] == []
    assert [n.name for n in found if n.kind == "function" and not n.signature] == []
    assert api.packages()[0] == "jaxdl.autograd"
    (gru,) = [name for name in api.names("jaxdl.nn") if name.name == "gru"]
    assert "'... input'" in gru.signature


def test_a_docstring_holds_nothing_that_restructuredtext_takes_for_its_own():
    doc = "Of `x`, |a - b| * 2.\n\nArgs: as those of `f`, and:\n    y: more_\n\n    >>> a * b\n"
    assert api.plain(doc) == (
        "Of ``x``, \\|a - b\\| \\* 2.\n\nThe arguments are those of ``f``, and these.\n\n"
        "Args:\n    y: more\\_\n\n    >>> a * b\n"
    )


def test_no_result_is_hidden(both):
    english, _ = both
    text = "\n".join(english.texts.values())
    for name, table in TABLES.items():
        assert "\n".join(table(results.HOME, False)) in text, name
    records = english.texts["results/records.md"]
    for file in results.HOME.rglob("*.json"):
        assert file.relative_to(results.HOME).as_posix() in records
        if not results.read_by_a_table(file):
            assert f"## {file.name}" in records
    assert results.command(results.HOME / "faults.json", {}) == "`python -m benchmarks.faults`"


def test_a_table_and_a_file_that_nobody_knows_yet_appear(tmp_path, monkeypatch):
    monkeypatch.setitem(results.TABLES, "brand_new", lambda home, chinese: ["| a |", "|---|"])
    (tmp_path / "odd.json").write_text(json.dumps({"command": "make odd", "found": [1.5]}))
    monkeypatch.setattr(results, "HOME", tmp_path)
    text = results.records("en")
    assert "| found · 0 | 1.5 |" in text
    assert "`make odd`" in text
    monkeypatch.undo()
    monkeypatch.setitem(results.TABLES, "brand_new", lambda home, chinese: ["| a |", "|---|"])
    assert "| a |" in results.pages("zh")[0]["results/further"]


def test_a_section_of_the_readme_without_a_place_is_an_error(monkeypatch):
    monkeypatch.delitem(plan.README_SECTIONS, "The course")
    with pytest.raises(ValueError, match="'The course' that has no place"):
        plan._titles("index")


def test_every_command_is_told():
    told = commands.pages("en")
    every = "\n".join(told.values())
    for name in ("run", "compare", "doctor", "convert", "autograd", "bench", "predict", "data"):
        assert f"\n## jaxdl {name}\n" in every
    assert "\n## jaxdl run l10\n" in told["commands/run"]
    assert "--learning-rate" in told["commands/run"]


def test_the_lines_of_two_programs_stand_where_they_say(both):
    english, _ = both
    for lesson in lessons():
        text = english.texts[f"course/{lesson.name}.md"]
        found = re.findall(
            r'<div class="twin" data-file="(\S+)" data-lines="([\d ]*)">\n\n'
            r"```python\n(.*?)```\n\n</div>",
            text,
            re.S,
        )
        for file, places, code in found:
            source = ["", *(lesson.folder / file).read_text("utf-8").splitlines()]
            assert [source[int(n)] for n in places.split()] == code.splitlines(), lesson.name
        assert found or "twins" not in (lesson.folder / "README.md").read_text("utf-8")


def test_a_recordings_key_follows_what_it_is_made_of(monkeypatch):
    file = find("l04").folder / "functional.py"
    known = recordings.imported(find("l10").folder / "functional.py")
    assert ROOT / "jaxdl/ops/__init__.py" in known  # imported whole
    assert ROOT / "jaxdl/ops/pool.py" in recordings.imported(ROOT / "jaxdl/ops/__init__.py")
    assert recordings.maker("jaxdl.parity", "ParameterMap") == ROOT / "jaxdl/parity/map.py"
    assert recordings.maker("jaxdl.data", "CATALOGUE") == ROOT / "jaxdl/data/catalogue.py"
    assert recordings.maker("jax", "grad") is None
    before = recordings.key([file])
    assert recordings.key([file]) == before
    assert recordings.key([find("l05").folder / "functional.py"]) != before
    monkeypatch.setattr(recordings, "STEPS", 3)
    assert recordings.key([file]) != before


def test_without_pytorch_a_line_says_so(both):
    for sources, told in zip(both, ("is not installed", "没有 PyTorch"), strict=True):
        assert told in sources.texts["autograd/index.md"]
        assert "autograd/l04.md" not in sources.texts


def test_a_recorded_page_is_embedded_and_its_lines_are_told(recorded):
    found = assemble.autograds("zh", recorded)
    assert (
        'data-src="../../recordings/l04.html#l04?lang=zh" title="第 4 课'
        in found["autograd/l04.md"]
    )
    assert "(/autograd/l04.md)" in found["autograd/index.md"]
    page = next(page for page in plan.pages() if page.name == "course/l04")
    text = assemble.of_file(page, "en", Linker(page, "en"), recorded)
    assert 'class="tied">[[31, 28], [38, 52]]</script>' in text
    assert text.endswith("(/autograd/l04.md)\n")


def test_lines_are_tied_by_the_values_that_they_computed():
    place = partial(Place, function="", text="")
    value = partial(
        Node, kind="operation", operation="mul", common="", inputs=(), shape=(), dtype="float32"
    )
    ours = [value("a", place=place("functional.py", 3)), value("b", place=place("other.py", 4))]
    theirs = [value("c", place=place("imperative.py", 5)), value("d", place=None)]
    graphs = {"jax": Graph("jax", tuple(ours), "b"), "torch": Graph("torch", tuple(theirs), "d")}
    ties = (("c", "a", "equal"), ("c", "b", "equal"), ("d", "a", "equal"))
    step = Step({}, graphs, {}, {}, ties)
    recording = Recording("x", {}, "float32", {}, (step,))
    assert recordings.tied_lines(recording) == [[3, 5]]


def test_a_comment_elsewhere_records_nothing_anew(tmp_path):
    both = [tmp_path / "a.py", tmp_path / "b.py"]
    both[0].write_text('"""One."""\n\nx = 1\n"""Two."""\n')
    both[1].write_text("x = 1  # three\n")
    assert recordings.bare(both[0]) == recordings.bare(both[1])


def test_pages_of_an_earlier_build_are_removed(tmp_path):
    for name in ("source/guide/a.md", "site/guide/a.html", "site/guide/b.html", "site/x.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    build.swept(tmp_path / "source", tmp_path / "site")
    left = {path.name for path in (tmp_path / "site").rglob("*.html")}
    assert left == {"a.html", "x.html"}


def test_chinese_is_searched_by_pairs():
    assert search.split("反向传播 of x2") == [
        "反",
        "向",
        "传",
        "播",
        "反向",
        "向传",
        "传播",
        "of",
        "x2",
    ]


def test_chinese_lines_are_joined_and_bold_is_bold():
    text = "一行\n接一行 `a\nb`，**句。**后\n\n- 项\n  目\n\n```text\n一\n二\n```\n"
    assert markdown.joined(text) == (
        "一行接一行 `a\nb`，<strong>句。</strong>后\n\n- 项目\n\n```text\n一\n二\n```\n"
    )


def test_a_page_without_chinese_says_so(both):
    _, chinese = both
    page = next(page for page in plan.pages() if page.chinese is None)
    assert "本页只有英文" in chinese.texts[f"{page.name}.md"]
    assert replace(page, chinese=page.file).source("zh") == page.source("zh")
