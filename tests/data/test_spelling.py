"""Names and texts in plain letters."""

import pytest

from jaxdl.data import fold, plain


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Muñoz", "Munoz"),
        ("Groß", "Gross"),
        ("Dąbrowski", "Dabrowski"),
        ("Łukasik", "Lukasik"),
        ("Sørensen", "Sorensen"),
        ("Æbelø", "Aebelo"),
        ("Đorđević", "Dordevic"),
        ("Yıldız", "Yildiz"),
        ("O’Brien", "O'Brien"),
        ("CHEN", "Chen"),
        ("CHatzis", "Chatzis"),
        ("McCarthy", "McCarthy"),
        (" van der Berg", "van der Berg"),
        ("Иванов", "Иванов"),  # no transliteration: such a name is dropped
    ],
)
def test_folding(name, folded):
    assert fold(name) == folded


def test_a_text_keeps_what_is_no_letter():
    assert plain("  Où est Groß, né 1616?\n") == "  Ou est Gross, ne 1616?\n"
