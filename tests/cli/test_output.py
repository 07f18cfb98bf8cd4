"""Where the command line writes: to whatever a path is, and to whatever standard output is."""

import json
import os
import subprocess
import sys
import threading

import pytest

from jaxdl.cli import exit_code
from jaxdl.cli import run as run_module

ONE = ["run", "l04", "--epochs", "1"]


@pytest.fixture
def untrained(monkeypatch):
    """Whoever trains fails."""
    monkeypatch.setattr("jaxdl.cli.run.run", None)


def told(capsys, *arguments):
    """What a refused command says."""
    code = exit_code(list(arguments))
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


def test_the_fixture_would_notice_training(untrained):
    assert run_module.run is None
    with pytest.raises(TypeError):
        exit_code(ONE)


@pytest.mark.parametrize(
    "arguments",
    [
        [*ONE, "--json", ""],
        [*ONE, "--plot", ""],
        ["run", "l09", "--checkpoint", ""],
        ["compare", "l04", "--json", ""],
        ["list", "--json", ""],
        ["bench", "l04", "--json", ""],
        ["bench", "report", "--to", ""],
        ["bench", "report", ""],
        ["predict", "l13", "Tanaka", "--checkpoint", ""],
        ["predict", "l13", "Tanaka", "--json", ""],
    ],
)
def test_an_unset_variable_is_refused(capsys, untrained, arguments):
    assert "the path is empty" in told(capsys, *arguments)


def test_what_cannot_be_written_is_refused_before_training(
    capsys, untrained, monkeypatch, tmp_path
):
    assert "this is a folder" in told(capsys, *ONE, "--json", str(tmp_path))
    (tmp_path / "figure.png").mkdir()
    assert "this is a folder" in told(capsys, *ONE, "--plot", str(tmp_path / "figure.png"))
    link = tmp_path / "link"
    link.symlink_to("nowhere/x.json")
    assert f"there is no folder {tmp_path}/nowhere" in told(capsys, *ONE, "--json", str(link))
    circle = tmp_path / "circle"
    circle.symlink_to("circle")
    assert "leads to itself" in told(capsys, *ONE, "--json", str(circle))
    assert "nothing can be created in /proc" in told(capsys, *ONE, "--json", "/proc/x.json")
    monkeypatch.setattr(os, "access", lambda *_: False)
    (tmp_path / "read-only").touch()
    assert "write-protected" in told(capsys, *ONE, "--json", str(tmp_path / "read-only"))
    monkeypatch.setattr(sys, "stdout", None)
    assert exit_code([*ONE, "--json", "-"]) == 2
    assert "standard output is closed" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--json", "--plot"])
def test_a_run_that_cannot_be_written_is_told_all_the_same(capsys, tmp_path, flag):
    full = tmp_path / "full.png"
    full.symlink_to("/dev/full")
    code = exit_code([*ONE, flag, str(full)])
    out, err = capsys.readouterr()
    assert code == 2
    assert "f(4) = 5.04" in out
    assert err == f"jaxdl: {full}: cannot be written: No space left on device\n"
    assert os.path.islink(full)


def test_a_pipe_and_a_link_are_written_through(capsys, tmp_path):
    pipe, read = tmp_path / "pipe.png", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    link = tmp_path / "link.json"
    link.symlink_to("run.json")
    assert exit_code([*ONE, "--plot", str(pipe), "--json", str(link)]) == 0
    reader.join()
    assert read[0].startswith(b"\x89PNG")
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert json.loads((tmp_path / "run.json").read_text())["lesson"] == "l04"


def shell(command, **more):
    """A command of the shell, with jaxdl in it."""
    line = command.replace("jaxdl", f"{sys.executable} -m jaxdl.cli")
    environment = os.environ | more
    return subprocess.run(["bash", "-c", line], capture_output=True, env=environment)


def test_standard_output_that_is_a_file_is_appended_to(tmp_path):
    file = tmp_path / "out"
    file.write_text("before\n")
    assert shell(f"jaxdl list --json /dev/stdout >> {file}").stderr == b""
    text = file.read_text()
    assert text.startswith("before\nlesson")
    assert json.loads(text[text.index("{") :])["schema"] == 1


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("jaxdl list | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("jaxdl list --help | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("jaxdl list >&-", 0, ""),
        ("jaxdl list <&- >&- 2>&-", 0, ""),
        ("jaxdl list --json - >&-", 2, "jaxdl: -: standard output is closed; name a file\n"),
        ("jaxdl list > /dev/full", 2, "jaxdl: standard output: No space left on device\n"),
        ("jaxdl list --json - > /dev/full", 2, "jaxdl: standard output: No space left on device\n"),
        ("jaxdl nothing 2> /dev/full", 2, ""),
    ],
)
def test_standard_output_of_all_kinds_is_no_traceback(command, code, said):
    done = shell(command)
    assert (done.returncode, done.stderr.decode()) == (code, said)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_an_encoding_without_chinese_is_no_traceback(encoding):
    done = shell("jaxdl list", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Back propagation" in done.stdout
    assert b"?" not in done.stdout  # the column that cannot be shown is left out
