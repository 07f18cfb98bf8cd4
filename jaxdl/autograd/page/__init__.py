"""The pages that step through both autograds: each one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from jaxdl.autograd.page.packed import packed

if TYPE_CHECKING:
    from jaxdl.autograd.recording import Recording

__all__ = ["hazards_page", "page"]

SCRIPTS = (
    "words.js",
    "numbers.js",
    "code.js",
    "hazards.js",
    "moments.js",
    "rows.js",
    "graph.js",
    "cards.js",
    "strip.js",
    "predict.js",
    "page.js",
)
OF_HAZARDS = ("words.js", "numbers.js", "code.js", "hazards.js", "alone.js")
LANGUAGES = ("en", "zh")


def page(recording: Recording | dict[str, Any], hazards: Sequence[dict[str, Any]] = ()) -> str:
    """A recording as one HTML file: style, script, words and numbers stand in it, no network.

    Args:
        recording: a `Recording`, or what its `to_json` gave.
        hazards: programs that go wrong, as `jaxdl.autograd.hazards.as_json` gives them; they stand
            below the recording.

    Returns:
        The file's text, UTF-8. The same recording gives the same text.
    """
    told = recording if isinstance(recording, dict) else recording.to_json()
    title = told["titles"].get("en") or told["title"]
    title = _escaped(f"{title} · {_words()['en']['title']}")
    return _filled(
        "template.html", SCRIPTS, hazards, level="h2", title=title, recording=_json(packed(told))
    )


def hazards_page(hazards: Sequence[dict[str, Any]]) -> str:
    """The programs that go wrong as a page of their own, as `page` makes one."""
    title = _escaped(_words()["en"]["hazards_title"])
    return _filled("alone.html", OF_HAZARDS, hazards, level="h1", title=title)


def _filled(
    name: str, scripts: Sequence[str], hazards: Sequence[dict[str, Any]], level: str, **own: str
) -> str:
    words = _words()
    return Template(_text(name)).substitute(
        noscript=_escaped(f"{words['en']['noscript']} {words['zh']['noscript']}"),
        style=_text("page.css"),
        settings=_text("settings.html").rstrip(),
        hazards=Template(_text("hazards.html").rstrip()).substitute(level=level),
        run=_json(list(hazards)),
        script="\n".join(_text(script) for script in scripts),
        words=_json(words),
        **own,
    )


def _words() -> dict[str, dict[str, str]]:
    return {language: json.loads(_text(f"words.{language}.json")) for language in LANGUAGES}


def _text(name: str) -> str:
    return (files(__name__) / name).read_text("utf-8")


def _json(value: Any) -> str:
    """JSON that may stand between script tags."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
