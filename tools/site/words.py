"""The site's own words, by language: words.en.json, words.zh.json."""

from __future__ import annotations

import json
from pathlib import Path

from tools.site.places import LANGUAGES

WORDS: dict[str, dict[str, str]] = {
    language: json.loads(Path(__file__).with_name(f"words.{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}
"""Language -> name -> words."""
