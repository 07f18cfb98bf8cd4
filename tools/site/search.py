"""How Chinese is cut for the search: one rule, for the index and for the question."""

from __future__ import annotations

import re

CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
PIECES = re.compile(rf"[{CHINESE}]+|[^\W{CHINESE}]+")
SPLITTER = r"""
function splitQuery(query) {
  const chinese = /[\u3400-\u4dbf\u4e00-\u9fff]/u;
  const word = /(?:(?![\u3400-\u4dbf\u4e00-\u9fff])[\p{L}\p{N}_])+/u;
  const pieces = new RegExp(`${chinese.source}+|${word.source}`, "gu");
  const found = [];
  for (const [piece] of query.matchAll(pieces)) {
    if (!chinese.test(piece) || piece.length === 1) found.push(piece);
    else for (let i = 0; i + 1 < piece.length; i++) found.push(piece.slice(i, i + 2));
  }
  return found;
}
"""


def split(text: str) -> list[str]:
    """Every word of letters; of Chinese characters every two neighbours, and each by itself.

    Single ones are for a question of one character; a longer question is cut into pairs alone.
    """
    found: list[str] = []
    for piece in PIECES.findall(text):
        if not re.match(f"[{CHINESE}]", piece):
            found.append(piece)
        else:
            found += [*piece, *(piece[i : i + 2] for i in range(len(piece) - 1))]
    return found
