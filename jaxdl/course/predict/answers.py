"""What a net answers to questions."""

from __future__ import annotations

from typing import Any

from jaxdl.course.predict.net import Net, fitting
from jaxdl.course.registry import Lesson


def looks(lesson: Lesson) -> bool:
    """Whether its net has attention."""
    return lesson.program(lesson.config()).alignment is not None


def answered(lesson: Lesson, net: Net, questions: list[str]) -> list[dict[str, Any]]:
    """The answers, as the document has them."""
    program = lesson.program(net.config)
    with fitting(lesson, net) as params:
        if program.alignment is None:
            assert program.answers is not None
            written = program.answers(params, questions)
            pairs = zip(questions, written, strict=True)
            return [{"question": question, "answer": answer} for question, answer in pairs]
        found = []
        for question in questions:
            answer, weights = program.alignment(params, question)
            found.append({"question": question, "answer": answer, "weights": weights.tolist()})
        return found
