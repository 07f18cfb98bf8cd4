"""The embedded set `surnames`: from Faker's lists of last names to one small file.

Written by: python -m tools.surnames

Only that command imports Faker. The file is part of the package: another version of Faker changes
nothing until the command is run again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from jaxdl import data

PATH = Path(data.__file__).with_name("embedded") / "surnames.csv"
COLUMNS = ["name", "country", "split"]
LONGEST = 19  # characters, as in the lecture's set of names
MOST = 245  # names of one country: five times the 49 that Faker has for Japan
TEST_SHARE = 5  # one name in five is for testing

# Faker's lists by country: written in Latin letters, or with Faker's own transliteration.
LISTS: dict[str, tuple[str, ...]] = {
    "Algerian": ("fr_DZ.last_names",),
    "Chinese": ("zh_CN.last_romanized_names", "zh_TW.last_romanized_names"),
    "Czech": ("cs_CZ.last_names",),
    "Dutch": ("nl_NL.last_names",),
    "English": ("en_GB.last_names",),
    "Finnish": ("fi_FI.last_names",),
    "French": ("fr_FR.last_names",),
    "German": ("de_DE.last_names",),
    "Greek": ("el_GR.last_names",),
    "Hungarian": ("hu_HU.last_names",),
    "Indian": ("en_IN.last_names",),
    "Irish": ("en_IE.last_names",),
    "Italian": ("it_IT.last_names",),
    "Japanese": ("ja_JP.last_romanized_names",),
    "Polish": ("pl_PL.male_last_names", "pl_PL.unisex_last_names"),
    "Portuguese": ("pt_PT.last_names", "pt_BR.last_names"),
    "Russian": ("ru_RU.last_names",),
    "Spanish": ("es_ES.last_names",),
}

# Where Faker keeps its transliteration of a locale that has another alphabet.
ROMAN = {
    "el_GR": ("faker.providers.internet.el_GR", "latinize"),
    "ru_RU": ("faker.providers.person.ru_RU", "translit"),
}


def split_of(name: str) -> str:
    """The split a name belongs to: told by the name alone, so that adding a name moves none."""
    return "test" if _draw(name, 0) % TEST_SHARE == 0 else "train"


def _draw(name: str, part: int) -> int:
    """A number of 64 bits, always the same for a name: part 0 or part 1 of its SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[8 * part :][:8], "big")


def choose(lists: dict[str, Iterable[str]]) -> tuple[list[tuple[str, str, str]], Counter[str]]:
    """The rows (name, country, split), sorted, of countries' names; and how many were dropped, why.

    Dropped are a name of one letter or of more than LONGEST characters; one that holds anything
    but letters, spaces, apostrophes and hyphens; one that stands in the lists of several
    countries, in each of them: no answer for it would be right, and a name never stands on both
    sides of the split; and of a country with more than MOST, all but those with the smallest draws.
    """
    dropped: Counter[str] = Counter()
    kept: dict[str, set[str]] = {}
    for country, names in lists.items():
        spellings: dict[str, str] = {}  # "De Wit" and "de Wit" are one name
        for name in sorted(map(data.fold, names)):
            if not re.fullmatch("[A-Za-z][A-Za-z' -]+", name.removeprefix("'")):
                dropped["of one letter, or with another character"] += 1
            elif len(name) > LONGEST:
                dropped[f"of more than {LONGEST} characters"] += 1
            elif name.lower() in spellings:
                dropped["again in its country"] += 1
            else:
                spellings[name.lower()] = name
        kept[country] = set(spellings.values())
    countries = Counter(name.lower() for names in kept.values() for name in names)
    rows = []
    for country, names in kept.items():
        own = sorted(name for name in names if countries[name.lower()] == 1)
        dropped["in several countries"] += len(names) - len(own)
        few = sorted(own, key=lambda name: _draw(name, 1))[:MOST]
        dropped[f"beyond the {MOST} of a country"] += len(own) - len(few)
        rows += [(name, country, split_of(name)) for name in few]
    return sorted(rows), dropped


def faker_lists() -> dict[str, Iterable[str]]:
    """The names of each country, as the installed Faker has them, in Latin letters."""
    lists: dict[str, Iterable[str]] = {}
    for country, places in LISTS.items():
        names: list[str] = []
        for place in places:
            locale, attribute = place.split(".")
            provider = import_module(f"faker.providers.person.{locale}").Provider
            module, function = ROMAN.get(locale, ("builtins", "str"))
            romanise: Callable[[str], str] = getattr(import_module(module), function)
            names += map(romanise, getattr(provider, attribute))
        lists[country] = names
    return lists


def header(faker: str) -> str:
    """The file's first line, which tells the version of Faker that it was made from."""
    return f"# Faker {faker} (MIT); written by: python -m tools.surnames\n"


def text() -> str:
    """The file that the installed Faker gives."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(choose(faker_lists())[0])
    return header(version("Faker")) + file.getvalue()


def main() -> None:
    """Write the file, and tell what the catalogue must say of it."""
    content = text().encode("ascii")
    PATH.write_bytes(content)
    rows, dropped = choose(faker_lists())
    print(f"{PATH.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    for what, counts in [
        ("names", Counter(split for _, _, split in rows)),
        ("of each country", Counter(country for _, country, _ in rows)),
        ("dropped", dropped),
    ]:
        print(f"{what}: {', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}")


if __name__ == "__main__":
    main()
