"""What every lesson keeps: its files, its names, its walls, its numbers."""

import ast
import inspect
from dataclasses import fields, is_dataclass, replace

import jax
import numpy as np
import pytest

from jaxdl.course import Program, find, golden, lessons
from jaxdl.course.compare_lesson import compare_lesson
from jaxdl.course.document import flat_losses
from jaxdl.course.records import STEPS
from jaxdl.errors import InputError
from jaxdl.parity import compare_records, condensed
from tests import records
from tools import pages

LESSONS = [pytest.param(lesson, id=lesson.name) for lesson in lessons()]
PROGRAMS = ["__init__.py", "__main__.py", "functional.py", "imperative.py"]
FILES = [*PROGRAMS, "golden.safetensors", "README.md", "README.zh.md"]
FILES += ["figure.png", "figure.zh.png"]
FUNCTIONS = ["examples", "init", "apply", "loss", "train", "result", "figures", "program", "main"]


def imports(path):
    """Every module that a file names in an import, at any depth."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_the_course_is_complete():
    numbers = [lesson.number for lesson in lessons()]
    assert numbers == list(range(1, numbers[-1] + 1))


@pytest.mark.parametrize("lesson", LESSONS)
def test_same_files_and_names(lesson):
    assert [name for name in FILES if not (lesson.folder / name).is_file()] == []
    program = lesson.functional
    steps = bool(lesson.nets)  # a search takes none
    wanted = FUNCTIONS + (["step"] if steps else [])
    assert [name for name in wanted if not callable(getattr(program, name, None))] == []
    config = lesson.config()
    assert is_dataclass(config)
    assert type(config).__dataclass_params__.frozen
    assert all(field.metadata["help"] for field in fields(config))
    twin = ast.parse((lesson.folder / "imperative.py").read_text("utf-8"))
    defined = {node.name for node in twin.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    wanted = {"examples", "Model", "loss", "train", "program", "main"} | (
        {"step"} if steps else set()
    )
    assert wanted <= defined
    arguments = list(inspect.signature(program.train).parameters)
    order = ["order"] if lesson.shuffles else []
    order += ["masks"] if lesson.dropouts else []
    more = ["test", "checkpoints"] if lesson.resumable else []
    assert arguments == ["config", "data", "params", *order, "report", *more]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_program_is_handed_over(lesson):
    config = lesson.config()
    program = lesson.program(config)
    assert isinstance(program, Program)
    assert lesson.program(lesson.config()) is program  # compiled once for the same Config
    assert (program.step is None) == (program.start is None) == (not lesson.nets)
    assert (program.test_examples is not None) == lesson.resumable
    assert not lesson.sharded or program.optimizer is not None
    assert is_dataclass(replace(config, **lesson.quick))  # fields that there are
    used = {"image": ["inputs"], "name": ["inputs"], "text": ["text"]}
    used["question"] = ["answers", "alignment"]
    assert not lesson.predicts or any(getattr(program, name) for name in used[lesson.predicts])


@pytest.mark.parametrize("lesson", LESSONS)
def test_walls(lesson):
    folder = lesson.folder
    places = (folder, *folder.glob("checkpointed"))
    for program, foreign in (("functional.py", {"torch"}), ("imperative.py", {"jax", "flax"})):
        for place in places:
            roots = {name.partition(".")[0] for name in imports(place / program)}
            assert not foreign & roots
    own = lesson.package
    for file in (file for place in places for file in place.glob("*.py")):
        others = [name for name in imports(file) if name.startswith("lessons.") and own not in name]
        assert others == []


def lines_of_code(text):
    """Those that hold anything but a comment or a docstring."""
    tree = ast.parse(text)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    prose = set()
    for node in ast.walk(tree):
        if isinstance(node, kinds) and ast.get_docstring(node):
            prose |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(n not in prose and bool(line.split("#")[0].strip()) for n, line in lines)


@pytest.mark.parametrize("lesson", LESSONS)
def test_programs_are_short(lesson):
    for name in ("functional.py", "imperative.py"):
        assert lines_of_code((lesson.folder / name).read_text("utf-8")) <= 150


@pytest.mark.parametrize("precision", golden.PRECISIONS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_agrees_with_golden(lesson, precision):
    variants = list(lesson.variants)
    # Several nets of a late lesson take long: float32 shows what rounding does on the first.
    if precision == "float32" and lesson.flax:
        variants = variants[:1]
    for variant in variants:
        ours = condensed(records.functional(lesson, variant, precision))
        theirs = golden.read(lesson, records.configs(lesson)[variant], precision)
        diverges = lesson.diverges if precision == "float32" else ""
        found = compare_records(ours, theirs, precision, STEPS, diverges=diverges)
        assert found.agree, (variant, found.worst)
        assert found.steps >= (15 if lesson.name == "l12" else 30)  # the lecture's 15 epochs


def test_compare_lesson_runs_what_it_compares():
    """The same as above, by the function that the command line calls."""
    lesson = find("l03")
    found = compare_lesson(lesson, precision="float64")
    assert found.keys() == lesson.variants.keys()
    assert all(each.agree and each.steps == STEPS for each in found.values())
    once = replace(lesson.config(), learning_rate=0.02)
    with pytest.raises(InputError, match="compare with --against torch"):
        compare_lesson(lesson, once)


@pytest.mark.parametrize("lesson", LESSONS)
def test_golden_is_fresh(lesson):
    assert golden.verify(lesson, torch=False) == []
    assert golden.path(lesson).stat().st_size <= golden.LIMIT


@pytest.mark.parametrize("lesson", [pytest.param(None, id="project"), *pages.guides(), *LESSONS])
def test_readmes_are_fresh(lesson):
    """What can be read off them; tests/torch runs them, every block once."""
    assert pages.stale(lesson, torch=False, run=False) == []


def short(lesson, more=0):
    """One epoch of the first variant, or three where an epoch is a step or few; and `more`."""
    config = next(iter(records.configs(lesson).values()))  # what is compared is compiled already
    return lesson.lasting(config, (1 if lesson.resumable else 3) + more)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_short_run(lesson):
    """It has a result and a figure; a second one compiles nothing and gives the same.

    `train` is a function: it remembers nothing of an earlier call but what was compiled.
    """
    program = lesson.program(short(lesson))
    data = program.examples()
    test = {"test": program.test_examples()} if program.test_examples else {}
    params, history = program.train(data, **test)
    result = program.result(params, history, data)
    assert result
    assert all(np.isfinite(float(value)) for value in result.values())
    assert program.figures(params, history, data).axes

    compiled = []
    listen = lambda event, duration, **_: compiled.append(event)  # noqa: E731
    jax.monitoring.register_event_duration_secs_listener(listen)
    # A longer grid is another shape, another program.
    longer = short(lesson, more=lesson.length == "epochs")
    again, more = lesson.program(longer).train(data, params=None)
    jax.monitoring.unregister_event_duration_listener(listen)
    assert [event for event in compiled if "backend_compile" in event] == []
    losses = flat_losses(history)
    np.testing.assert_array_equal(losses, flat_losses(more)[: len(losses)])
    if lesson.length != "epochs":
        jax.tree.map(np.testing.assert_array_equal, params, again)
