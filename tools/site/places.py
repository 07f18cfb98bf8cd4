"""Where the site's parts lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
SOURCE = BUILD / "site-source"
CACHE = BUILD / "site-cache"
SITE = BUILD / "site"
LANGUAGES = ("en", "zh")
