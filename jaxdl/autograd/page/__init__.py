"""The page that steps through both autograds: one HTML file that needs nothing else."""

from __future__ import annotations

import json
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxdl.autograd.recording import Recording

__all__ = ["page"]

SCRIPTS = (
    "numbers.js",
    "moments.js",
    "rows.js",
    "graph.js",
    "cards.js",
    "strip.js",
    "predict.js",
    "page.js",
)
LANGUAGES = ("en", "zh")


def page(recording: Recording | dict[str, Any]) -> str:
    """A recording as one HTML file: style, script, words and numbers stand in it, no network.

    Args:
        recording: a `Recording`, or what its `to_json` gave.

    Returns:
        The file's text, UTF-8. The same recording gives the same text.
    """
    told = recording if isinstance(recording, dict) else recording.to_json()
    here = files(__name__)
    words = {language: json.loads(_text(f"words.{language}.json")) for language in LANGUAGES}
    title = told["titles"].get("en") or told["title"]
    return Template((here / "template.html").read_text("utf-8")).substitute(
        title=_escaped(f"{title} · {words['en']['title']}"),
        noscript=_escaped(f"{words['en']['noscript']} {words['zh']['noscript']}"),
        style=_text("page.css"),
        script="\n".join(_text(name) for name in SCRIPTS),
        recording=_json(told),
        words=_json(words),
    )


def _text(name: str) -> str:
    return (files(__name__) / name).read_text("utf-8")


def _json(value: Any) -> str:
    """JSON that may stand between script tags."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
