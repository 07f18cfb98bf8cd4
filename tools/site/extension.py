"""What the site adds to Sphinx: formulas without a script, and a search that knows Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

from tools.site import search

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Chinese(SearchEnglish):
    """An index of every two characters that stand together, and of English words.

    Sphinx's own for Chinese cuts words with jieba where it indexes, and not where it searches: a
    question of two words finds nothing. Pairs of characters need no dictionary, and both sides cut
    alike.
    """

    lang = "zh"
    language_name = "English"  # the name of the stemmer's class in the browser
    js_splitter_code = search.SPLITTER

    def split(self, input: str) -> list[str]:
        """Words as they are indexed."""
        return search.split(input)


def formula(writer: Any, node: Any) -> None:
    """A formula as MathML, which browsers draw by themselves."""
    from docutils import nodes

    block = isinstance(node, nodes.math_block)
    text = node.astext()
    if block and ("&" in text or r"\\" in text):
        text = rf"\begin{{aligned}}{text}\end{{aligned}}"
    written = tex2mathml(text, as_block=block)
    writer.body.append(f'<div class="math">{written}</div>' if block else written)
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both."""
    languages["zh"] = Chinese
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
