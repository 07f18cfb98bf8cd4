"""What every lesson keeps: its files, its names, its walls, its numbers."""

import ast
import inspect
from dataclasses import fields, is_dataclass, replace

import jax
import numpy as np
import pytest

from jaxdl.course import golden, lessons
from jaxdl.course.compare_lesson import compare_lesson
from jaxdl.course.document import flat_losses
from tools import pages

LESSONS = [pytest.param(lesson, id=lesson.name) for lesson in lessons()]
PROGRAMS = ["__init__.py", "__main__.py", "functional.py", "imperative.py"]
FILES = [*PROGRAMS, "golden.safetensors", "README.md", "README.zh.md", "figure.png"]
FUNCTIONS = ["examples", "init", "apply", "loss", "train", "result", "figures", "main"]
STEPLESS = {"l02"}  # searches a grid: nothing is stepped


def imports(path):
    """Every module that a file names in an import, at any depth."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_the_course_is_complete():
    assert [lesson.number for lesson in lessons()] == list(range(1, len(lessons()) + 1))


@pytest.mark.parametrize("lesson", LESSONS)
def test_same_files_and_names(lesson):
    folder = lesson.folder
    assert [name for name in FILES if not (folder / name).is_file()] == []
    program = lesson.functional
    wanted = FUNCTIONS + ([] if lesson.name in STEPLESS else ["step"])
    assert [name for name in wanted if not callable(getattr(program, name, None))] == []
    config = lesson.config()
    assert is_dataclass(config)
    assert type(config).__dataclass_params__.frozen
    assert all(field.metadata["help"] for field in fields(config))
    twin = ast.parse((folder / "imperative.py").read_text("utf-8"))
    defined = {node.name for node in twin.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    wanted = {"examples", "Model", "loss", "step", "train", "main"}
    assert wanted - ({"step"} if lesson.name in STEPLESS else set()) <= defined
    arguments = list(inspect.signature(program.train).parameters)
    order = ["order"] if lesson.shuffles else []
    more = ["test", "checkpoints"] if lesson.resumable else []
    assert arguments == ["config", "data", "params", *order, "report", *more]
    assert not lesson.resumable or callable(program.test_examples)
    used = {"image": ["inputs"], "name": ["inputs"], "text": ["text"]}
    used["question"] = ["answers", "alignment"]
    assert not lesson.predicts or any(hasattr(program, name) for name in used[lesson.predicts])


@pytest.mark.parametrize("lesson", LESSONS)
def test_walls(lesson):
    folder = lesson.folder
    for program, foreign in (("functional.py", {"torch"}), ("imperative.py", {"jax", "flax"})):
        roots = {name.partition(".")[0] for name in imports(folder / program)}
        assert not foreign & roots
    own = lesson.package
    for file in folder.glob("*.py"):
        others = [name for name in imports(file) if name.startswith("lessons.") and own not in name]
        assert others == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_programs_are_short(lesson):
    for name in ("functional.py", "imperative.py"):
        text = (lesson.folder / name).read_text("utf-8")
        assert sum(bool(line.strip()) for line in text.splitlines()) <= 150


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_agrees_with_golden(lesson, precision):
    config = None
    # Several nets of a late lesson take long: float32 shows what rounding does on the first.
    if precision == "float32" and lesson.number >= 10:
        config = replace(lesson.config(), **next(iter(lesson.variants.values())))
    found = compare_lesson(lesson, config, precision=precision)
    assert {
        variant: comparison.worst for variant, comparison in found.items() if not comparison.agree
    } == {}
    whole = 15 if lesson.name == "l12" else 30  # the lecture's 15 epochs of one step
    assert all(comparison.steps >= whole for comparison in found.values())


@pytest.mark.parametrize("lesson", LESSONS)
def test_golden_is_fresh(lesson):
    assert golden.verify(lesson, torch=False) == []
    assert golden.path(lesson).stat().st_size <= golden.LIMIT


@pytest.mark.parametrize("lesson", [pytest.param(None, id="project"), *LESSONS])
def test_readmes_are_fresh(lesson):
    """What can be read off them; tests/torch runs them, every block once."""
    assert pages.stale(lesson, torch=False, run=False) == []


def short(lesson, more=0):
    """A quick run of one epoch, or of three where an epoch is a step or few; and of `more`."""
    config = replace(lesson.config(), **lesson.quick)
    return lesson.lasting(config, (1 if lesson.resumable else 3) + more)


@pytest.mark.parametrize("lesson", LESSONS)
def test_figure_and_result_of_a_short_run(lesson):
    config = short(lesson)
    data = lesson.functional.examples(config)
    test = {"test": lesson.functional.test_examples(config)} if lesson.resumable else {}
    params, history = lesson.functional.train(config, data, **test)
    result = lesson.functional.result(config, params, history, data)
    assert result
    assert all(np.isfinite(float(value)) for value in result.values())
    figure = lesson.functional.figures(config, params, history, data)
    assert figure.axes


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_second_run_compiles_nothing_and_gives_the_same(lesson):
    """`train` is a function: it remembers nothing of an earlier call but what was compiled."""
    program, config = lesson.functional, short(lesson)
    data = program.examples(config)
    params, history = program.train(config, data)
    compiled = []
    listen = lambda event, duration, **_: compiled.append(event)  # noqa: E731
    jax.monitoring.register_event_duration_secs_listener(listen)
    again, same = program.train(config, data)
    # A longer grid is another shape, another program.
    _, longer = program.train(short(lesson, more=lesson.length == "epochs"), data)
    jax.monitoring.unregister_event_duration_listener(listen)
    assert [event for event in compiled if "backend_compile" in event] == []
    jax.tree.map(np.testing.assert_array_equal, params, again)
    losses = flat_losses(history)
    np.testing.assert_array_equal(losses, flat_losses(same))
    if lesson.length == "epochs":
        np.testing.assert_array_equal(losses, flat_losses(longer)[: len(losses)])
