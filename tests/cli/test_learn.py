"""`jaxdl learn` and `jaxdl check`: as a reader uses them."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from jaxdl.cli import exit_code
from jaxdl.course.exercises import (
    all_exercises,
    answers_of,
    exercise_called,
    exercises_of,
    questions_of,
)
from jaxdl.course.exercises.check import prepare
from jaxdl.course.exercises.checker import Checker
from jaxdl.course.exercises.folder import SOLVED, begin, solved
from jaxdl.course.registry import find
from jaxdl.errors import InputError

NAME = "l05/mean_gradient"
IN_A_TERMINAL = """
import signal, sys
from jaxdl.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background has none
main(sys.argv[1:])
"""


@pytest.fixture
def reader(tmp_path):
    """`jaxdl learn` in a process, and what it says up to a text."""
    begun = []

    def learn(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", IN_A_TERMINAL, "learn", *arguments],
            stdout=subprocess.PIPE,
            cwd=tmp_path,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        begun.append(process)

        def until(text):
            said = ""
            while text not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            return said

        return process, until

    yield learn
    for process in begun:
        process.kill()
        process.wait()
        process.stdout.close()


def solution(name=NAME):
    exercise, style = exercise_called(name)
    return exercise.path(style, "solution").read_text("utf-8")


def test_an_exercise_is_answered_when_it_is_saved_and_the_place_is_kept(reader, tmp_path):
    process, until = reader("l05", "--lang", "en")
    path = tmp_path / "learn" / "l05_mean_gradient.py"
    assert NAME in until("jaxdl learn goes on from here.")
    path.write_text(solution().replace("mean()", "sum()"))
    said = until("Hint:")
    assert "examples where their mean is" in said
    path.write_text(solution())
    assert "Right." in until("Right.")
    second = exercises_of(find("l05"))[1]
    until("jaxdl learn goes on from here.")
    process.send_signal(signal.SIGINT)
    assert f"jaxdl learn goes on with {second.name}" in until("Stopped.")
    assert process.wait() == 0
    assert solved(tmp_path / "learn") == {NAME}
    _, until = reader("l05", "--lang", "zh")
    assert second.name in until("jaxdl learn")


def test_a_folder_is_asked_in_the_language_of_its_program(reader, tmp_path):
    _, until = reader("l05", "--lang", "en", "--style", "imperative")
    assert "w and b are tensors" in until("goes on from here.")
    text = (tmp_path / "learn" / "l05_mean_gradient_imperative.py").read_text("utf-8")
    assert "gradient(w, b, x, y)" in text
    assert "params" not in text


INTERRUPTED = """
import os, signal, sys

class Finder:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
from jaxdl.__main__ import main
sys.argv[1:] = ["learn"]
main()
"""


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("click", ""),
        ("jaxdl.errors", ""),
        ("jaxdl.cli.learn", "\njaxdl: interrupted\n"),
    ],
)
def test_ctrl_c_is_no_traceback_whenever_it_comes(tmp_path, module, told):
    found = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(module=module)],
        capture_output=True,
        cwd=tmp_path,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert found.returncode == 130
    assert found.stderr == told


def test_a_second_ctrl_c_while_everything_is_cleared_away_is_no_traceback():
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import atexit, os, signal, sys\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
            "sys.argv[1:] = ['--help']\n"
            "from jaxdl.__main__ import main\n"
            "main()\n",
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert found.returncode == 130
    assert "learn" in found.stdout
    assert found.stderr == ""


def test_ctrl_c_is_not_for_the_process_that_checks(tmp_path, monkeypatch, capfd):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "if '--multiprocessing-fork' in sys.orig_argv:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    path = tmp_path / "answer.py"
    path.write_text(solution())
    with Checker(*exercise_called(NAME)) as checker:
        assert checker.check(path).right
    assert "Traceback" not in capfd.readouterr().err


def test_check_says_it_in_one_go(capsys, tmp_path):
    exercise, style = exercise_called(NAME)
    path = begin(tmp_path, exercise, style, "en")
    assert exit_code(["check", "l05", str(path), "--lang", "en"]) == 1
    assert "there is still a gap (...) in line" in capsys.readouterr().out
    path.write_text(solution().replace("jax.grad(loss)", "jax.grad(loss, argnums=1)"))
    assert exit_code(["check", NAME, str(path), "--json", "-"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["right"]
    assert "argnums" in said["hint"]["en"]
    path.write_text(f'EXERCISE = "{NAME}"\n' + solution())
    assert exit_code(["check", "5", str(path)]) == 0


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        (None, ["l05"], "there is no such file"),
        ("", ["l05"], "does not say which exercise"),
        ('EXERCISE = "l05/none"', ["l05"], "no exercise is called"),
        (f'EXERCISE = "{NAME}"', ["l04"], "that is no exercise of l04"),
        (b"\xff\xfe", ["l05"], "no text in UTF-8"),
    ],
)
def test_an_unusable_answer_is_one_line(capsys, tmp_path, text, arguments, told):
    path = tmp_path / "answer.py"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert exit_code(["check", *arguments, str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_an_answer_that_does_not_end_or_ends_everything_is_told(tmp_path):
    exercise, style = exercise_called(NAME)
    path = tmp_path / "answer.py"
    with Checker(exercise, style) as checker:
        path.write_text("while True:\n    pass\n")
        assert "does not come to an end" in checker.check(path, limit=0.5).what["en"]
        path.write_text("raise KeyboardInterrupt\n")
        assert checker.check(path).what["en"] == "line 1: KeyboardInterrupt"
        path.write_bytes(b"# \xe9\n")
        assert "save it as UTF-8" in checker.check(path).what["en"]
        path.write_text("import os\nos._exit(0)\n")
        assert "ended the whole process" in checker.check(path).what["en"]
        path.write_text(solution())
        assert checker.check(path).right


def test_what_is_set_for_jax_decides_no_answer(monkeypatch, tmp_path):
    monkeypatch.setenv("XLA_FLAGS", "--nonsense")
    monkeypatch.setenv("JAX_ENABLE_X64", "yesno")
    exercise, style = exercise_called(NAME)
    path = tmp_path / "answer.py"
    path.write_text("\ufeff" + solution(), "utf-8")  # with a mark at its start, as some editors do
    with Checker(exercise, style) as checker:
        assert checker.check(path).right


def test_without_pytorch_nothing_is_said_of_an_answer_for_it(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch", None)
    exercise, style = exercise_called(f"{NAME}/imperative")
    with pytest.raises(InputError, match="this needs PyTorch"):
        prepare(exercise, style, seed=1)
    assert exit_code(["learn", NAME, "--style", style, "--folder", str(tmp_path)]) == 2
    assert "this needs PyTorch" in capsys.readouterr().err


def test_only_where_all_are_solved_that_is_said(capsys, tmp_path):
    last = all_exercises()[-1]
    begin(tmp_path, last, "functional", "en").write_text(solution(last.name))
    assert exit_code(["learn", last.name, "--folder", str(tmp_path), "--lang", "en"]) == 0
    assert f"{len(all_exercises()) - 1} before it are not solved" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", '{"solved": "l02"}'])
def test_a_damaged_list_of_what_is_solved_is_one_line(capsys, tmp_path, text):
    (tmp_path / SOLVED).write_text(text)
    assert exit_code(["learn", "--list", "--folder", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "delete it" in line


def test_the_folder_may_be_no_file(capsys, tmp_path):
    (tmp_path / "learn").write_text("")
    assert exit_code(["learn", "--folder", str(tmp_path / "learn")]) == 2
    assert "--folder" in capsys.readouterr().err


def test_solutions_and_answers_are_behind_options(capsys):
    assert exit_code(["learn", NAME, "--solution"]) == 0
    assert "jax.grad(loss)" in capsys.readouterr().out
    assert exit_code(["learn", "l05", "--solution"]) == 2
    assert exit_code(["learn", "l05", "--answers"]) == 0
    numbers = re.findall(r"^(\d+)\. ", capsys.readouterr().out, re.MULTILINE)
    assert len(numbers) == len(answers_of(find("l05"))) == len(questions_of(find("l05"), "en"))
