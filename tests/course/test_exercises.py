"""Exercises: the solution is right, each typical wrong answer gets its own hint, and no other."""

import ast
import re

import numpy as np
import pytest
from rich.cells import cell_len

from jaxdl._torch import has_torch
from jaxdl.course.exercises import (
    all_exercises,
    answers_of,
    exercise_called,
    exercises_of,
    questions_of,
)
from jaxdl.course.exercises.check import (
    functions_of,
    gap_lines,
    leaves_of,
    observed,
    prepare,
    wrong_answers,
)
from jaxdl.course.exercises.folder import begin
from jaxdl.course.registry import lessons
from jaxdl.errors import InputError
from tests.soak import whole_or

EVERY = [
    pytest.param(exercise, style, id=f"{exercise.name}/{style}")
    for exercise in all_exercises()
    for style in exercise.styles
]
OTHERS = {
    "functional": r"torch\.(?!optim)|no_grad|backward\(|F\.",
    "imperative": r"jax\.|jnp\.|nnx|optax|params",
}
HERE = [each for each in EVERY if has_torch() or each.values[1] == "functional"]


@pytest.mark.parametrize(("exercise", "style"), HERE)
def test_right_and_wrong_answers(exercise, style):
    prepared = prepare(exercise, style, seed=1)
    assert not [seen.told for seen in prepared.right if seen.raised]
    assert prepared.compared(prepared.right).right
    assert len(prepared.wrong) >= 3
    for wrong, seen in prepared.wrong:
        verdict = prepared.compared(seen)
        told = verdict.hint.get("en")
        assert not verdict.right, f"{wrong.answer.__name__} is taken for right"
        assert told == wrong.hint, f"{wrong.answer.__name__} gets {verdict.what['en']}: {told}"
        assert verdict.hint["zh"] == wrong.hint_zh
    # Whoever returns the right numbers of another draw gets nowhere.
    other = observed(exercise, style, exercise.module(style, "solution"), seed=2)
    assert not prepared.compared(other).right


@pytest.mark.parametrize(("exercise", "style"), EVERY)
def test_the_task_is_the_solution_with_gaps(exercise, style):
    task, solution = exercise.path(style, "task"), exercise.path(style, "solution")
    assert gap_lines(ast.parse(task.read_text("utf-8")))
    assert not gap_lines(ast.parse(solution.read_text("utf-8")))
    assert set(functions_of(task)) <= set(functions_of(solution))


@pytest.mark.parametrize(("exercise", "style"), EVERY)
def test_both_languages(exercise, style):
    functions = {
        node.name: ", ".join(arg.arg for arg in node.args.args)
        for node in ast.parse(exercise.path(style, "solution").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for language in ("en", "zh"):
        title, ask = exercise.told(language, style)
        assert title
        lines = ask.splitlines()
        assert 0 < len(lines) <= 22
        assert max(map(cell_len, lines)) <= 76
        assert "|" not in ask
        # Whoever writes in one framework reads of its own words alone, and of its own arguments.
        assert not re.findall(OTHERS[style], ask)
        for name, arguments in re.findall(r"^ +(\w+)\(([^()]*)\) ", ask, re.MULTILINE):
            assert functions.get(name, arguments) == arguments
    assert any("一" <= letter <= "鿿" for letter in exercise.title_zh + exercise.ask_zh)


@pytest.mark.parametrize(("exercise", "style"), HERE)
def test_hints(exercise, style):
    wrong = wrong_answers(exercise, style)
    assert len({each.hint for each in wrong}) == len({each.hint_zh for each in wrong}) == len(wrong)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_every_lesson(lesson):
    assert len(exercises_of(lesson)) >= 3
    for name, first in (("README.md", "- **You need**"), ("README.zh.md", "- **需要先会**")):
        text = (lesson.folder / name).read_text("utf-8").partition("\n## ")[0]
        need, able, learn = re.findall(r"^- \*\*.*(?:\n  .*)*", text, re.MULTILINE)
        assert need.startswith(first)
        assert f"`jaxdl learn {lesson.name}`" in learn
        assert len(f"{need}\n{able}".splitlines()) <= 6
    questions = questions_of(lesson, "en")
    assert questions
    assert len(questions) == len(questions_of(lesson, "zh")) == len(answers_of(lesson))


SHOWN = [
    pytest.param(each, id=f"{lesson.name} {number}")
    for lesson in lessons()
    for number, each in enumerate(answers_of(lesson), 1)
]


SOME = [each for each in SHOWN[::9] if each.id not in ("l13 5", "l19 2")]  # these compile for long


@pytest.mark.parametrize("answer", whole_or(SOME, SHOWN))
def test_an_answer_prints_what_it_rests_on(answer, capsys):
    answer.show()
    assert capsys.readouterr().out.strip()
    assert answer.text
    assert answer.text_zh


def test_the_course_has_sixty_exercises():
    assert len(all_exercises()) >= 60


def filled(folder, text, name="l05/mean_gradient"):
    exercise, style = exercise_called(name)
    path = begin(folder, exercise, style, "en")
    path.write_text(text)
    return prepare(exercise, style, seed=3).check(path)


GRADIENT = "def gradient(params, x, y):\n    return jax.grad(loss)(params, x, y)\n"
LOSS = "import jax\ndef loss(params, x, y):\n    return "
RIGHT = '((params["w"] * x + params["b"] - y) ** 2).mean()'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{LOSS}({RIGHT}\n", "line 3: SyntaxError"),
        (f"{LOSS}{RIGHT}\n", "there is no function gradient"),
        (f"{LOSS}...\n{GRADIENT}", "there is still a gap (...) in line 3"),
        (f"{LOSS}{RIGHT.replace('params', 'parms')}\n{GRADIENT}", "line 3: NameError"),
        (f"{LOSS}-{RIGHT}\n{GRADIENT}", "loss(params, x, y) has the other sign"),
        (f"{LOSS}2 * {RIGHT}\n{GRADIENT}", "loss(params, x, y) is twice too large"),
        (f"{LOSS}None\n{GRADIENT}", "loss(params, x, y) is None"),
        (f"import sys\nsys.exit(3)\n{LOSS}{RIGHT}\n{GRADIENT}", "line 2: SystemExit"),
        (
            f"{LOSS}{RIGHT}\n{GRADIENT.replace('return ', 'g = ')}"
            '    return {"w": g["w"], "b": 2 * g["b"]}\n',
            "gradient(params, x, y)['b'] is twice too large",
        ),
        (
            f"{LOSS}{RIGHT}\n{GRADIENT.replace('return ', 'g = ')}    return g['w'], g['b']\n",
            "gradient(params, x, y) has the parts [0], [1]; right are ['b'], ['w']",
        ),
    ],
)
def test_what_is_said_of_a_wrong_answer(tmp_path, text, told):
    verdict = filled(tmp_path, text)
    assert not verdict.right
    assert verdict.what["en"].startswith(told)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "l09/momentum",
            "def step(w, v, gradient, learning_rate, momentum):\n"
            "    v = momentum * v + gradient\n    return v, w - learning_rate * v\n",
            ("the first and the second value are exchanged", "第一个和第二个返回值交换了位置"),
        ),
        (
            "l12/recurrence_by_scan",  # a pair of unlike shapes, looked at together
            "def run(x, h):\n    states = []\n"
            "    for k in range(x.shape[1]):\n        h = jnp.tanh(x[:, k] + 2 * h)\n"
            "        states.append(h)\n    return h, jnp.stack(states, 1)\n",
            ("the first and the second value are exchanged", "第一个和第二个返回值交换了位置"),
        ),
        (
            "l17/carried_state",  # what is looked at has names
            "def step(weights, stats, x, rate):\n"
            "    f = jax.value_and_grad(loss_and_stats, has_aux=True)\n"
            "    (loss, new), slope = f(weights, stats, x)\n"
            "    return new, weights - rate * slope, loss\n",
            (
                "weights after step and statistics after step are exchanged",
                "weights after step 与 statistics after step 交换了位置",
            ),
        ),
    ],
)
def test_values_in_each_others_places_are_told(tmp_path, name, text, told):
    exercise, style = exercise_called(name)
    given = exercise.path(style, "task").read_text("utf-8").replace("...", "0")
    verdict = filled(tmp_path, f"{given}\n\n{text}", name)
    assert verdict.what["en"].endswith(told[0])
    assert verdict.what["zh"].endswith(told[1])


def test_an_index_with_dots_is_no_gap(tmp_path):
    assert filled(tmp_path, f"{LOSS}({RIGHT})[...]\n{GRADIENT}").right


def test_an_error_gets_the_hint_of_that_error_alone(tmp_path):
    right = f"{LOSS}{RIGHT}\n"
    verdict = filled(
        tmp_path, right + "def gradient(params, x, y):\n    return jax.grad(loss)(params)\n"
    )
    assert "TypeError" in verdict.what["en"]
    assert not verdict.hint


def test_a_dataclass_may_stand_in_an_answer(tmp_path):
    more = "from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int\n"
    more = f"from __future__ import annotations\n{more}"
    assert filled(tmp_path, f"{more}{LOSS}{RIGHT}\n{GRADIENT}").right


@pytest.mark.parametrize("name", ["l05/mean_gradien", "l05/mean_gradient/taped", "l99/a", "l05"])
def test_unknown_names(name):
    with pytest.raises(InputError):
        exercise_called(name)


def test_what_is_changed_in_place_later_is_seen_as_it_was():
    counts = {"w": np.zeros(2)}
    seen = leaves_of(counts)
    counts["w"] += 1
    assert seen["['w']"].tolist() == [0, 0]
