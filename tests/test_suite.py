"""What the suite itself stands on: pairs that are complete, long forms, the cache's folders."""

import os
import subprocess
import sys

import pytest

from tests import cache
from tests.pairs import missing, pairs
from tests.soak import whole_or


@pytest.mark.parametrize("sizes", [(8, 3, 3), (5, 3, 2), (4, 2, 2, 6), (3, 3), (5, 4, 3, 2)])
def test_pairs_are_all_there_and_few(sizes):
    factors = [
        [f"{name}{i}" for i in range(size)] for name, size in zip("abcd", sizes, strict=False)
    ]
    rows = pairs(*factors)
    assert missing(rows, *factors) == []
    first, second = sorted(sizes)[:-3:-1]
    assert len(rows) == first * second  # fewer cannot be
    assert all(missing(rows[:i] + rows[i + 1 :], *factors) for i in range(len(rows)))


def test_a_part_is_a_part():
    assert whole_or(3, 11) in (3, 11)
    assert whole_or(["a"], ["a", "b"]) in (["a"], ["a", "b"])
    for part, whole in ((12, 11), (["c"], ["a", "b"])):
        with pytest.raises(ValueError, match="is no part of"):
            whole_or(part, whole)


TEST = """
import pytest
from tests.soak import whole_or
@pytest.mark.parametrize("case", whole_or([1], [1, 2]))
def test(case):
    pass
"""


@pytest.mark.parametrize(
    ("plugins", "told"), [([], "1 passed"), (["-p", "tests.soak"], "2 passed")]
)
def test_the_plugin_runs_the_long_forms(tmp_path, plugins, told):
    (tmp_path / "test_it.py").write_text(TEST)
    command = ["-m", "pytest", "-q", "-c", os.devnull, *plugins, str(tmp_path / "test_it.py")]
    run = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert told in run.stdout


def test_a_session_has_a_folder_to_itself(tmp_path):
    """Another process gets another one, and the same again when the first has ended."""
    program = "import pathlib, sys, tests.cache as c; print(c.take(pathlib.Path(sys.argv[1])))"

    def another():
        command = [sys.executable, "-c", program, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    first = another()
    assert another() == first == str(tmp_path / cache.processor() / "0")
    assert str(cache.take(tmp_path)) == first
    assert another() == str(tmp_path / cache.processor() / "1")
    for _ in range(cache.SESSIONS - 1):
        cache.take(tmp_path)
    assert not another().startswith(str(tmp_path))  # a temporary one


def test_the_folder_is_where_it_is_told_to_be(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(cache.PLACE, raising=False)
    assert cache.place() == tmp_path / "jaxdl" / "tests"
    monkeypatch.setenv(cache.PLACE, str(tmp_path / "here"))
    assert cache.place() == tmp_path / "here"


def test_what_was_used_longest_ago_makes_room(tmp_path):
    for age, name in enumerate("abc"):
        path = tmp_path / "l10" / f"{name}-cache"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(10))
        os.utime(path, (1000 - age, 1000 - age))
    cache.shrink(tmp_path, 30)
    assert len(list(path.parent.iterdir())) == 3
    cache.shrink(tmp_path, 20)
    assert sorted(path.name for path in path.parent.iterdir()) == ["a-cache", "b-cache"]
