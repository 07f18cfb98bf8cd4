"""The course is found by its own installation, whatever else is called `lessons`."""

import os
import pickle
import subprocess
import sys
import types
from pathlib import Path

import pytest

from jaxdl.cli import exit_code
from jaxdl.course import bench, find, registry

ROOT = Path(__file__).parents[2]


@pytest.fixture
def foreign(tmp_path):
    """A folder with another package of that name, and an environment in which it comes first."""
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "__init__.py").write_text("")
    return {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}}


def python(*arguments, **where):
    return subprocess.run([sys.executable, *arguments], capture_output=True, **where)


def test_a_foreign_package_of_lessons_is_passed_over(foreign):
    done = python("-m", "jaxdl.cli", "golden", "verify", "l02", "l04", **foreign)
    said = [line.partition(" (")[0] for line in done.stdout.decode().splitlines()]
    assert (done.returncode, said, done.stderr) == (0, ["l02: good", "l04: good"], b"")


def test_a_case_is_unpickled_where_a_foreign_package_comes_first(foreign):
    """So a benchmark's process gets it."""
    (case, *_) = bench.cases(find("l04"))
    (foreign["cwd"] / "case").write_bytes(pickle.dumps(case))
    load = "import pickle; print(pickle.load(open('case', 'rb')).lesson.folder)"
    done = python("-c", load, **foreign)
    assert (done.stdout.decode().strip(), done.stderr) == (str(find("l04").folder), b"")
    assert pickle.loads(pickle.dumps(case)) == case


@pytest.fixture
def anew():
    """Lessons are looked for again, in this test and after it."""
    registry.lessons_in.cache_clear()
    yield
    registry.lessons_in.cache_clear()


ALL = [
    *(["golden", "verify"], ["golden", "generate"], ["run", "all"], ["list"]),
    *(["run", "l04"], ["bench", "all"], ["predict", "l10", "x.png"], ["compare", "l04"]),
]


@pytest.mark.parametrize("arguments", ALL)
def test_a_foreign_package_that_was_imported_before_is_told(
    capsys, monkeypatch, anew, tmp_path, arguments
):
    other = types.ModuleType("lessons")
    other.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "lessons", other)
    told = f"jaxdl: another package lessons ({tmp_path}) has been imported in place of the course's"
    assert exit_code(arguments) == 2
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize("arguments", ALL)
def test_a_course_without_lessons_is_no_success(capsys, monkeypatch, anew, tmp_path, arguments):
    (tmp_path / "emptied").mkdir()
    (tmp_path / "emptied" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("emptied", "not_there_at_all"):
        monkeypatch.setattr(registry, "PACKAGES", (name,))
        assert exit_code(arguments) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert "install jaxdl again" in err
