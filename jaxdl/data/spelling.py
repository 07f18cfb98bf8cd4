"""Other spellings of a text, as the examples are spelled: in plain letters."""

from __future__ import annotations

import re
import unicodedata

# Letters that are no plain letter with a mark: NFKD leaves them as they are.
LETTERS = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"},
        **{"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D"},
        **{"ı": "i", "ħ": "h", "Ħ": "H", "\N{RIGHT SINGLE QUOTATION MARK}": "'"},
    }
)


def plain(text: str) -> str:
    """A text with plain letters for those with marks: Muñoz is Munoz, Groß Gross."""
    letters = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def fold(name: str) -> str:
    """A name in ASCII, with one capital to begin with: Muñoz is Munoz, Groß Gross, CHEN Chen."""
    # A Greek letter may become two: Χατζής, CHatzis, Chatzis.
    return re.sub("^[A-Z]{2,}", lambda first: first[0].capitalize(), plain(name.strip()))
