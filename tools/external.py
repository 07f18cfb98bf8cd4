"""The links that lead out of the repository: is there still something where they lead?

`python -m tools.external` asks for every address that a page names, in either language, and for
every data set's file; CI does so once a week. Links between the repository's own files are
`tools.site.links`'s, and every run of the tests holds them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from http.client import HTTPException
from time import sleep
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from jaxdl.data import CATALOGUE
from tools.site import markdown, plan
from tools.site.places import LANGUAGES, ROOT

TRIES = 3
PAUSE = 20.0  # seconds before the next try
SECONDS = 30.0  # to wait for an answer
RESERVED = {401, 403, 429}
"""Answers of a server that is there and does not talk to programs."""
HEADERS = {"User-Agent": "Mozilla/5.0 (a weekly check of links)", "Accept": "*/*"}


def addresses() -> dict[str, list[str]]:
    """Address -> where it is named."""
    found: dict[str, list[str]] = {}
    for page in plan.pages():
        for language in LANGUAGES:
            source = page.source(language)
            for _, _, target in markdown.links(page.text(language)):
                if target.startswith(("http://", "https://")):
                    found.setdefault(target.partition("#")[0], []).append(
                        source.relative_to(ROOT).as_posix()
                    )
    for entry in CATALOGUE.values():
        for source in entry.sources:
            for file in source.files:
                if file.url:
                    found.setdefault(file.url, []).append(f"data set {entry.name}")
    return {address: sorted(set(places)) for address, places in sorted(found.items())}


def wrong(address: str, pause: float = PAUSE) -> str:
    """Why an address leads nowhere; "": it does not."""
    told = ""
    for number in range(TRIES):
        if number:
            sleep(pause)
        for method in ("HEAD", "GET"):  # some servers know no HEAD
            try:
                with urlopen(Request(address, headers=HEADERS, method=method), timeout=SECONDS):
                    return ""
            except HTTPError as error:
                if error.code in RESERVED:
                    return ""
                told = f"answers {error.code} {error.reason}"
            except (OSError, HTTPException) as error:
                told = f"does not answer: {error}"
        if told.startswith("answers 4"):
            break  # it was understood; asking again changes nothing
    return told


def main(arguments: Sequence[str]) -> int:
    """Ask for all addresses, or for those given."""
    asked = addresses()
    dead = {address: told for address in arguments or asked if (told := wrong(address))}
    for address, told in dead.items():
        print(f"{address} {told} ({', '.join(asked.get(address, ['asked for']))})")
    print(f"{len(arguments or asked)} addresses, {len(dead)} lead nowhere")
    return int(bool(dead))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
