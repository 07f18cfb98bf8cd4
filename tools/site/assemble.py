"""The sources that Sphinx reads: `assembled("en")` is the whole site in one language, as texts.

Sphinx executes nothing: every block of a page was executed by `tools.pages`, whose output stands
below it, and the tests hold that it is still so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jaxdl.course import lessons
from tools.site import api, commands, markdown, plan, recordings, results
from tools.site.links import Linker, opened
from tools.site.places import SOURCE
from tools.site.words import WORDS

ONLY_ENGLISH = "```{note}\n本页只有英文。\n```"


@dataclass
class Sources:
    """The site in one language.

    Args:
        texts: file below the language's folder -> its text.
        files: file below it -> the repository's file that is copied there.
        english: pages that have no Chinese.
    """

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    english: list[str] = field(default_factory=list)


def assembled(
    language: str, recorded: dict[str, Path] | None = None, *, reference: bool = True
) -> Sources:
    """The whole site in one language.

    Args:
        language: "en" or "zh".
        recorded: the pages that step through both programs, by lesson (`recordings.made`).
        reference: with the reference's pages, which need Sphinx's napoleon.

    Raises:
        ValueError: a link leads nowhere, or a picture has no words beside it.
    """
    recorded = recorded or {}
    found = Sources()
    for page in plan.pages():
        linker = Linker(page, language)
        found.texts[f"{page.name}.md"] = of_file(page, language, linker, recorded)
        found.files |= linker.files
        if not page.chinese:
            found.english.append(page.name)
    for name, text in commands.pages(language).items():
        found.texts[f"{name}.md"] = text
    made, figures = results.pages(language)
    found.texts |= {f"{name}.md": text for name, text in made.items()}
    more, drawn = results.benchmark(language)
    found.texts["results/benchmark.md"] += "\n" + more
    found.files |= figures | drawn
    if reference:
        found.texts |= references(language)
        found.english += [f"api/{package}" for package in api.packages()]
    found.texts |= autograds(language, recorded)
    start, _, below = found.texts["index.md"].partition("\n## ")
    found.texts["index.md"] = f"{start}\n{cards(found, language)}\n## {below}"
    found.texts["index.md"] += "\n" + contents(found, language)
    return found


def cards(found: Sources, language: str) -> str:
    """The ways in that the start page shows, those of pages that there are."""
    names = sum(len(api.names(package)) for package in api.packages())
    told = {
        name.removeprefix("card "): words.format(lessons=len(lessons()), names=names)
        for name, words in WORDS[language].items()
        if name.startswith("card ")
    }
    rows = [f"- {words}" for name, words in told.items() if f"{name}.md" in found.texts]
    return '<div class="cards">\n\n' + "\n".join(rows) + "\n\n</div>\n"


def of_file(page: plan.Page, language: str, linker: Linker, recorded: dict[str, Path]) -> str:
    """A page of the repository as a page of the site."""
    lesson = next((one for one in lessons() if page.name == f"course/{one.name}"), None)
    text = page.text(language)
    if lesson:
        path = recorded.get(lesson.name)
        tied = json.loads(recordings.lines(path).read_text("utf-8")) if path else []
        words = WORDS[language]
        told = words["tied"] if tied else words["untied"]
        text = markdown.with_twins(text, lesson.folder, tied, told)
    text = markdown.with_links(markdown.without_marks(text), linker)
    if lesson and (ways := opened(lesson.folder.name, language)):
        title, _, below = text.partition("\n")
        text = f"{title}\n\n{badges(ways, language)}\n{below}"
    if lesson and lesson.name in recorded:
        words = WORDS[language]["step_through"]
        text += f"\n[{words}](/autograd/{lesson.name}.md)\n"
    if language == "zh" and page.chinese:
        text = markdown.joined(text)
    if language == "zh" and not page.chinese:
        title, _, below = text.partition("\n")
        text = f"{title}\n\n{ONLY_ENGLISH}\n{below}"
    return markdown.with_blocks(markdown.with_targets(text))


def badges(ways: dict[str, str], language: str) -> str:
    """What opens a chapter's notebook, as links: a picture of it would be asked of another host."""
    shown = "\n".join(
        f'<a href="{address}">{WORDS[language][place]}</a>' for place, address in ways.items()
    )
    return f'<p class="ways">\n{shown}\n</p>\n'


def references(language: str) -> dict[str, str]:
    """The reference, a page a package, and the list of them."""
    words = WORDS[language]
    packages = api.packages()
    note = ".. note:: 本页只有英文。" if language == "zh" else ""
    found = {f"api/{package}.rst": api.page(package, note) for package in packages}
    rows = [f"- [{package}](/api/{package}.rst): {api.first_line(package)}" for package in packages]
    found["api/index.md"] = _index(words["api"], words["api_lead"], rows, packages)
    return found


def autograds(language: str, recorded: dict[str, Path]) -> dict[str, str]:
    """The pages in which both programs of a lesson are stepped through."""
    words = WORDS[language]
    if not recorded:
        return {"autograd/index.md": f"# {words['autograd']}\n\n{words['without']}\n"}
    titles = {
        one.name: f"{one.number} · {one.title_zh if language == 'zh' else one.title}"
        for one in lessons()
    } | {"hazards": words["hazards"]}
    found = {}
    for name in recorded:
        root = "../.." if language == "zh" else ".."
        address = f"{root}/recordings/{name}.html#{name}?lang={language}"
        label = words["hazards"] if name == "hazards" else words["of"].format(int(name[1:]))
        found[f"autograd/{name}.md"] = (
            "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"
            f"# {titles[name]}\n\n"
            f'<p><a class="alone" href="{address}">{words["whole"]}</a></p>\n'
            f'<iframe class="recording" data-src="{address}" title="{label}"></iframe>\n'
        )
    rows = [f"- [{titles[name]}](/autograd/{name}.md)" for name in recorded]
    found["autograd/index.md"] = _index(words["autograd"], words["autograd_lead"], rows, recorded)
    return found


def _index(title: str, lead: str, rows: Iterable[str], pages: Iterable[str]) -> str:
    """A page that lists others, and leads the sidebar to them."""
    listed, tree = "\n".join(rows), "\n".join(pages)
    return f"# {title}\n\n{lead}\n\n{listed}\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```\n"


def contents(found: Sources, language: str) -> str:
    """The start page's trees, out of which the theme makes the sidebar."""
    words = WORDS[language]
    names = [name.rpartition(".")[0] for name in found.texts]
    own = lambda folder: [name for name in names if name.startswith(f"{folder}/")]  # noqa: E731
    parts = {
        words["course"]: own("course"),
        words["guide"]: own("guide"),
        words["autograd"]: ["autograd/index"],
        words["reference"]: [name for name in ("commands/index", "api/index") if name in names],
        words["results"]: own("results"),
        words["project"]: own("project"),
    }
    return "\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n"
        + "\n".join(_listed(found, name, language) for name in pages)
        + "\n```\n"
        for caption, pages in parts.items()
    )


def _listed(found: Sources, name: str, language: str) -> str:
    if language == "zh" and name in found.english:
        title = markdown.headings(found.texts[f"{name}.md"])[0][1]
        return f"{title}（英文） <{name}>"
    return name


def write(language: str, sources: Sources) -> Path:
    """Write them below build/site-source; a file that is as it was keeps its time."""
    home = SOURCE / language
    wanted = {home / name: text.encode() for name, text in sources.texts.items()}
    wanted |= {home / name: file.read_bytes() for name, file in sources.files.items()}
    for old in [path for path in home.rglob("*") if path.is_file() and path not in wanted]:
        old.unlink()
    for path, content in wanted.items():
        if not (path.is_file() and path.read_bytes() == content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return home
