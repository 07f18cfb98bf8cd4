"""`jaxdl new parity`: what it writes runs and agrees; what stands there already stays."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import pytest

from jaxdl.cli import exit_code

FILES = {"README.md", "port.py", "test_port.py"}


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_what_it_writes_agrees(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    for folder in ("my_port/", "empty"):
        assert exit_code(["new", "parity", folder]) == 0
        assert names(Path(folder)) == FILES
    assert names(tmp_path) == {"my_port", "empty"}
    assert f"jaxdl compare {Path('my_port/port.py')}" in capsys.readouterr().out
    assert exit_code(["compare", "my_port/port.py", "--steps", "3"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("agree")
    assert exit_code(["doctor", "my_port/port.py"]) == 0
    assert "no difference found" in capsys.readouterr().out


def test_its_test_passes(tmp_path):
    folder = tmp_path / "my_port"
    assert exit_code(["new", "parity", str(folder)]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "JAX_COMPILATION_CACHE_DIR": jax.config.values["jax_compilation_cache_dir"],
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    run = subprocess.run(
        [*command, str(folder)], capture_output=True, text=True, check=False, env=environment
    )
    assert "1 passed" in run.stdout, run.stdout


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("full", "full: this folder is not empty; name another one"),
        ("full/file", "full/file: this is no folder; name another one"),
        ("no/such", "create it first"),
        ("", "the path is empty"),
    ],
)
def test_what_stands_there_stays(tmp_path, monkeypatch, capsys, folder, told):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/file").write_text("mine")
    assert exit_code(["new", "parity", folder]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert Path("full/file").read_text() == "mine"
    assert names(tmp_path) == {"full"}
