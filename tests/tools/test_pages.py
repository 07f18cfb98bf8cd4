"""The chapters' generator: it runs what it shows, and notices what is no longer so."""

import re

import pytest

from jaxdl.course import find, lessons
from tools import pages

PAGE = """\
```python
x = 2
```

```python
print(x + 1)
```

```text
3
```

```python torch
print("with torch")
```

```text
as it was
```
"""


def test_blocks_share_a_namespace_and_their_output_is_written():
    stale = PAGE.replace("3\n", "4\n")
    printed = pages.outputs(stale, torch=False)
    assert printed == ["", "3\n", None]
    assert pages.with_outputs(stale, printed) == PAGE


def test_a_page_in_float64_leaves_the_callers_precision_as_it_was():
    block = "```python\nimport jax\n{}\nprint(jax.numpy.ones(1).dtype)\n```\n\n"
    page = block.format('jax.config.update("jax_enable_x64", True)')
    assert pages.outputs(page + block.format(""), torch=False) == ["float64\n"] * 2
    assert pages.outputs(block.format(""), torch=False) == ["float32\n"]


def test_writing_twice_changes_nothing():
    once = pages.with_outputs(PAGE, pages.outputs(PAGE, torch=True))
    assert "with torch\n```" in once
    assert pages.with_outputs(once, pages.outputs(once, torch=True)) == once


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("-2.0\n", "-2.5\n", 1), "instead of"),
        (lambda text: text.replace("jax.value_and_grad", "jax.grad", 1), "out of date"),
    ],
)
def test_a_page_that_is_no_longer_so(tmp_path, monkeypatch, change, told):
    lesson = find("l04")
    originals = pages.pages(lesson)
    copies = tmp_path / "README.md", tmp_path / "README.zh.md"
    for original, copy in zip(originals, copies, strict=True):
        copy.write_text(change(original.read_text("utf-8")), "utf-8")
    monkeypatch.setattr(pages, "pages", lambda lesson: copies)
    assert told in "\n".join(pages.stale(lesson, torch=False))


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_what_is_side_by_side_has_room_and_a_partner(lesson):
    shown = "".join(table[0] for table in pages.TWINS.finditer(lesson_page(lesson)))
    cells = re.findall(r"<td>\n(.*?)</td>", shown, re.S)
    assert all(cell.strip() for cell in cells)
    assert max((len(line) for cell in cells for line in cell.splitlines()), default=0) <= 60
    assert shown.count("```python") == len(cells) + shown.count("**\n\n```python")


def lesson_page(lesson):
    return pages.pages(lesson)[0].read_text("utf-8")


def test_a_name_that_the_program_does_not_define():
    text = "<!-- twins: apply | Nowhere -->\n<!-- end -->\n"
    with pytest.raises(ValueError, match="'Nowhere'"):
        pages.with_twins(text, find("l04"))


def test_a_plain_block_must_not_need_what_a_torch_block_defines():
    torch = "```python torch\nimport torch\ndef f(a):\n    b = a\n```\n\n"
    page = torch + "```python\na = 1\nprint(%s)\n```\n"
    assert pages.leaning(page % "a, len") == set()
    assert pages.leaning(page % "b, f, torch.ones") == {"b", "f", "torch"}


def test_a_block_that_needs_a_data_set_runs_where_it_is(monkeypatch):
    page = "```python mnist\nfound = 1\nprint(found)\n```\n\n```text\nas it was\n```\n"
    monkeypatch.setattr(pages, "state", lambda name: "nowhere")
    assert pages.with_outputs(page, pages.outputs(page, torch=False)) == page
    monkeypatch.setattr(pages, "state", lambda name: "ready")
    assert pages.outputs(page, torch=False) == ["1\n"]
    assert pages.leaning(page + "```python\nprint(found)\n```\n") == {"found"}
