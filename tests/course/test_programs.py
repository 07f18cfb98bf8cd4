"""A run's compiled programs: the next process traces nothing, and sees when a source changed."""

import json
import os
import subprocess
import sys

import pytest

from jaxdl.course import programs

RUN = ["run", "l09", "--epochs", "1", "--json", "-"]


def run(folder, *more):
    """`jaxdl run` in a process of its own: its losses and accuracies."""
    out = subprocess.run(
        [sys.executable, "-m", "jaxdl", *RUN, *more],
        env=os.environ | {"JAX_COMPILATION_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(out.stdout)
    return document["history"]


def test_the_next_process_takes_what_this_one_compiled(tmp_path):
    found = run(tmp_path)
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "programs").iterdir()}
    assert len(kept) >= 2  # an epoch, an accuracy
    assert run(tmp_path) == found
    again = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "programs").iterdir()}
    assert again.keys() == kept.keys()
    assert all(again[name] > kept[name] for name in kept), "each was taken"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A lesson's folder, which imports a module of its parent and one that stands elsewhere."""
    folder = tmp_path / "their_course" / "l77_lesson"
    (folder / "parts").mkdir(parents=True)
    for name, text in {
        "their_tools.py": "import json\n",
        "their_course/__init__.py": "",
        "their_course/common.py": "RATE = 1\n",
        "their_course/l77_lesson/__init__.py": "",
        "their_course/l77_lesson/functional.py": "import their_tools\nfrom .. import common\n"
        "from ..common import RATE\n",
        "their_course/l77_lesson/parts/part.py": "",
        "their_course/other.py": "",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("their_course.l77_lesson.functional")
    yield folder
    for name in [name for name in sys.modules if name.startswith("their_")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("l77_lesson/functional.py", True),
        ("l77_lesson/parts/part.py", True),
        ("common.py", True),
        ("../their_tools.py", True),
        ("other.py", False),
    ],
)
def test_every_source_that_can_decide_a_number_counts(package, file, counts):
    def found():
        programs._sources.cache_clear()
        return programs._sources(package, "their_course.l77_lesson")

    before = found()
    assert found() == before
    with (package.parent / file).open("a") as source:
        source.write("# changed\n")
    assert (found() != before) is counts
