"""Answers to the questions that a chapter ends with, each with a program that shows it."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass

from jaxdl.course.registry import Lesson

HEADINGS = {"en": "## Try", "zh": "## 动手试试"}


@dataclass(frozen=True)
class Answer:
    """An answer to a question of a chapter.

    Args:
        text, text_zh: the answer, in English and in Chinese.
        show: prints what it rests on; it runs in seconds.
    """

    text: str
    text_zh: str
    show: Callable[[], None]


def answer(text: str, text_zh: str) -> Callable[[Callable[[], None]], Answer]:
    """Above a function of a lesson's `answers.py`, one a question, in the chapter's order.

    Args:
        text, text_zh: the answer, in English and in Chinese.
    """
    return lambda show: Answer(text, text_zh, show)


def answers_of(lesson: Lesson) -> list[Answer]:
    """A lesson's answers, in the order of its questions; none: it has no `answers.py`."""
    inside = f"{lesson.package}.answers"
    if importlib.util.find_spec(inside) is None:
        return []
    return [each for each in vars(importlib.import_module(inside)).values() if type(each) is Answer]


def questions_of(lesson: Lesson, language: str) -> list[str]:
    """The questions that a chapter ends with, each a line of Markdown.

    Args:
        lesson: which.
        language: "en" or "zh".
    """
    name = "README.zh.md" if language == "zh" else "README.md"
    _, _, rest = (lesson.folder / name).read_text("utf-8").partition(f"\n{HEADINGS[language]}\n")
    rest = re.split(r"\n## ", rest)[0]
    items = re.findall(r"^- (.*(?:\n  .*)*)", rest, re.MULTILINE)
    gap = "" if language == "zh" else " "
    return [re.sub(r"\s*\n\s+", gap, item) for item in items]
