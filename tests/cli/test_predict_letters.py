"""`jaxdl predict` with the nets that read and write letters."""

import io
import json
import os
import re
import shutil
import sys
import termios
from contextlib import suppress
from dataclasses import asdict

import jax
import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from jaxdl import course
from jaxdl.cli import exit_code
from jaxdl.cli.predict.asked import session
from jaxdl.cli.predict.net import load_net
from jaxdl.course.run import trained_path
from jaxdl.course.start import like_torch
from jaxdl.data import find
from jaxdl.train.trained import save_trained
from tests.cli.predicting import changed, run, without

pytestmark = pytest.mark.xdist_group("letters")  # they share nets that are trained for them


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Where nets lie that read and write letters, as a run keeps them: they have learnt nothing."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        for name in GIVEN:
            lesson = course.find(name)
            config = lesson.config(**lesson.quick | {"hidden": 8})
            params, _ = like_torch(lesson, config, lesson.program(config).examples())
            share = {"exact match" if name in ASKED else "test accuracy": 0.25}
            run = {"lesson": name, "config": asdict(config), "result": share}
            run |= {"quick": True, "when": "2026-01-01T00:00:00+00:00"}
            save_trained(trained_path(lesson), params, run)
    return folder


@pytest.fixture
def lettered(small, tmp_path, monkeypatch):
    """A copy of them, which may be spoilt."""
    shutil.copytree(small / "jaxdl", tmp_path / "jaxdl")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "jaxdl"


ASKED = ["l15", "l16"]
GIVEN = {"l13": "Tanaka", "l14": "MARIA", "l15": "cab", "l16": "cab"}


@pytest.mark.parametrize("name", GIVEN)
def test_a_net_of_letters_that_is_not_there_or_not_sound(capsys, lettered, name):
    path = lettered / f"{name}.safetensors"
    without(path, "fc/kernel")
    code, out, err = run(capsys, name, GIVEN[name])
    assert (code, out) == (2, "")
    assert f"does not fit the program of {name}" in err
    assert len(err.splitlines()) == 1
    path.unlink()
    told = f"jaxdl: no net of {name} has been trained yet; jaxdl run {name} trains one\n"
    assert run(capsys, name, GIVEN[name]) == (2, "", told)


def test_names_are_given_countries(capsys, lettered):
    code, out, err = run(capsys, "l13", " Tanaka", "Müller", "o\N{RIGHT SINGLE QUOTATION MARK}neil")
    assert (code, err) == (0, "")
    net, *answers = out.splitlines()
    told = r"l13 RNN classifier, trained on surnames, right on [\d.]+% of its test names, "
    told += r"on \S+ at \S+, in a short run \(--quick\); jaxdl run l13 trains it in full \(.*\)"
    assert re.fullmatch(told, net)
    said = ["Tanaka", "Müller (read as Muller)", "o’neil (read as O'Neil)"]
    ranks = r": [A-Z]\w+  [\d.]+%  \(then [A-Z]\w+ [\d.]+%, [A-Z]\w+ [\d.]+%\)"
    assert len(answers) == 3
    for name, answer in zip(said, answers, strict=True):
        assert re.fullmatch(re.escape(name) + ranks, answer)


def test_names_as_json(capsys, lettered, tmp_path):
    path = tmp_path / "names.json"
    assert run(capsys, "l13", "Müller", "da Cruz", "--json", str(path))[0] == 0
    document = json.loads(path.read_text())
    assert list(document) == ["schema", "lesson", "net", "classes", "names"]
    assert (document["schema"], document["lesson"]) == (1, "l13")
    assert document["net"]["config"]["hidden"] == 8
    countries = list(find("surnames").class_names)
    assert document["classes"] == countries
    assert [name["name"] for name in document["names"]] == ["Müller", "da Cruz"]
    assert [name["read_as"] for name in document["names"]] == ["Muller", "da Cruz"]
    lesson = course.find("l13")
    params = load_net(lesson, None).params
    x = lesson.functional.inputs(["Muller", "da Cruz"])
    wanted = jax.nn.softmax(lesson.functional.apply(params, x))
    for name, row in zip(document["names"], wanted, strict=True):
        np.testing.assert_allclose(name["probabilities"], row, rtol=1e-5)
        assert name["class"] == row.argmax()
        assert name["country"] == countries[name["class"]]
        assert name["probability"] == max(name["probabilities"])
        assert set(name) == {
            *("name", "read_as", "class", "country", "probability", "probabilities")
        }


def test_a_net_of_other_names_knows_their_countries(capsys, lettered):
    net = load_net(course.find("l13"), None)
    changed(lettered / "l13.safetensors", config={**vars(net.config), "data": "names"})
    _, out, _ = run(capsys, "l13", "Tanaka", "--json", "-")
    assert json.loads(out)["classes"] == list(find("names").class_names)


def test_a_net_of_another_number_of_countries_is_told(capsys, lettered):
    path = lettered / "l13.safetensors"
    with safe_open(path, framework="numpy") as file:
        about = file.metadata()
    arrays = load_file(path)
    arrays |= {
        name: np.ascontiguousarray(arrays[name][..., :5]) for name in ("fc/kernel", "fc/bias")
    }
    save_file(arrays, path, about)
    code, out, err = run(capsys, "l13", "Tanaka")
    assert (code, out) == (2, "")
    assert "does not fit the program of l13 as it is now (5 classes, and surnames has 18)" in err


def test_lines_of_standard_input(capsys, lettered, typed):
    typed("\N{BYTE ORDER MARK}Müller\n\nda Cruz\r\n  山  \nTanaka".encode() + b"\nM\xfcller\nRossi")
    code, out, err = run(capsys, "l13")
    assert code == 2
    said = [line.partition(":")[0] for line in out.splitlines()[1:]]
    assert said == ["Müller (read as Muller)", "da Cruz", "Tanaka", "Rossi"]
    first, second = err.splitlines()
    assert first.startswith("jaxdl: line 4: '山' has '山'")
    assert second == r"jaxdl: line 6: 'M\xfcller' is not UTF-8; save the text as UTF-8"
    typed(b"Tanaka\n")
    code, out, err = run(capsys, "l13", "--json", "-")
    assert (code, err, len(json.loads(out)["names"])) == (0, "", 1)
    for nothing in (io.TextIOWrapper(io.BytesIO(b"\n")), None):
        sys.stdin = nothing  # which `typed` puts back
        code, out, err = run(capsys, "l13")
        assert (code, out) == (2, "")
        assert "no name is given" in err


def test_a_dash_is_standard_input(capsys, lettered, typed):
    typed(b"Tanaka\nRossi\n")
    code, out, err = run(capsys, "l13", "-")
    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()[1:]] == ["Tanaka", "Rossi"]
    code, out, err = run(capsys, "l13", "-", "Tanaka")
    assert (code, out) == (2, "")
    assert err == "jaxdl: give - alone: each line of standard input is a name\n"
    typed("First:\nÉ\n".encode())
    assert json.loads(run(capsys, "l14", "-", "--letters", "1", "--json", "-")[1])["start"] == (
        "First:\nE"
    )
    for content, told in (
        (b"", "standard input is empty; give it the beginning of a text: echo To be |"),
        (b"\xff" * 90, r"-: '\xff\xff"),
        (b"a" * 70_000, "standard input has more than 65,536 bytes"),
    ):
        typed(content)
        code, out, err = run(capsys, "l14", "-")
        assert (code, out, told in err, len(err) < 250) == (2, "", True, True)


def printed(terminal):
    """All that was printed there, once the program's end is closed: the rest is an error."""
    chunks = []
    with suppress(OSError):
        while chunk := os.read(terminal, 10_000):
            chunks.append(chunk)
    return b"".join(chunks).decode()


@pytest.mark.parametrize("end", ["\n", "\x04"])
def test_names_at_a_prompt(capsys, lettered, tmp_path, monkeypatch, end):
    user, program = os.openpty()
    attributes = termios.tcgetattr(program)
    attributes[3] &= ~termios.ECHO  # which comes whenever the kernel has time for it
    termios.tcsetattr(program, termios.TCSANOW, attributes)
    os.write(user, f"Müller\nnames.txt\nTanaka\n{end}".encode())
    with open(program) as stdin, open(program, "w", closefd=False) as stdout:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        code = exit_code(["predict", "l13", "--json", str(tmp_path / "names.json")])
    out = printed(user)
    os.close(user)
    assert code == 0
    assert "Type a name; an empty line ends." in out
    assert out.count("name> ") == 4
    assert re.search(r"name> Müller \(read as Muller\): [A-Z]", out)
    assert capsys.readouterr().err.startswith("jaxdl: 'names.txt' has '.'; a name has letters")
    document = json.loads((tmp_path / "names.json").read_text())
    assert [name["read_as"] for name in document["names"]] == ["Muller", "Tanaka"]


def test_a_ctrl_c_ends_a_session(capsys, monkeypatch):
    def interrupt(prompt):
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupt)
    session("name> ", str, print)
    assert capsys.readouterr() == ("\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["l13", "Tanaka", "山田"], "'山田' has '山', '田'; write it in Latin letters"),
        (["l13", "R2D2"], "'R2D2' has '2'; a name has letters, spaces, apostrophes and hyphens"),
        (["l13", " "], "'' has 0 letters; the net reads names of 1 to 19"),
        (["l13", "Groß" + 15 * "o"], "has 20 letters; the net reads names of 1 to 19"),
        (["l13", "{file}"], "to read a file of names: < "),
        (["l14", "To be — or"], "the net knows ASCII letters alone, and START has '—'"),
        (["l14", "--letters", "0"], "0 is not a whole number from 1 to 100,000"),
        (["l14", "--temperature", "-1"], "-1 is not a number from 0 to 1e+38"),
        (["l14", "--temperature", "nan"], "nan is not a number from 0 to 1e+38"),
        (["l14", "--temperature", "inf"], "inf is not a number"),
        (["l14", "--seed", str(2**63)], "is not a whole number from"),
        (["l15", "cab", "xyz"], "'xyz' has 'x', 'y', 'z'; the net reads 1 to 5 of abcdefghij"),
        (["l15", "abcdef"], "'abcdef' has 6 letters; the net reads 1 to 5 of abcdefghij"),
        (["l16", ""], "'' has 0 letters; the net reads 1 to 4 of abcdefghij"),
        (["l15", "cab", "--show"], "--show: l15 does not look back as it writes; l16 does"),
        (["l16", "cab", "--json", "/no/such/folder/x.json"], "create it first"),
    ],
)
def test_what_a_net_of_letters_cannot_read_is_one_line_and_2(
    capsys, lettered, tmp_path, arguments, told
):
    file = tmp_path / "names.txt"
    file.write_text("Tanaka\n")
    code, out, err = run(capsys, *[text.format(file=file) for text in arguments])
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_a_text_goes_on(capsys, lettered):
    code, out, err = run(capsys, "l14", "É", "o", "--letters", "60")
    assert (code, err) == (0, "")
    net, written = out.split("\n", 1)
    assert re.match(
        "l14 Character RNN, trained on play, right on [0-9.]+% of its test letters", net
    )
    lesson = course.find("l14")
    kept = load_net(lesson, None)
    wanted = lesson.functional.text(kept.config, kept.params, "E o", 60)
    shown = written.removesuffix("\n").encode().decode("unicode_escape")  # what is printed escapes
    assert shown == "E o" + wanted


def test_a_text_as_json(capsys, lettered, tmp_path):
    path = tmp_path / "text.json"
    lesson = course.find("l14")
    kept = load_net(lesson, None)

    def document(*arguments):
        assert run(capsys, "l14", "--letters", "60", *arguments, "--json", str(path))[0] == 0
        return json.loads(path.read_text())

    plain = document()
    assert list(plain) == ["schema", "lesson", "net", "start", "text", "temperature", "seed"]
    about = (plain["schema"], plain["lesson"], plain["start"], plain["temperature"], plain["seed"])
    assert about == (1, "l14", "\n", 0.5, 0)
    assert plain["text"] == lesson.functional.text(kept.config, kept.params, "\n", 60)
    other = document("--seed", "3", "--temperature", "2")
    assert (other["seed"], other["temperature"]) == (3, 2.0)
    key = jax.random.key(3)
    assert other["text"] == lesson.functional.text(kept.config, kept.params, "\n", 60, key, 2.0)
    assert plain["text"] != other["text"]
    assert document("--seed", "3", "--temperature", "2") == other


def test_a_text_sends_no_command_to_the_terminal(capsys, lettered):
    _, out, _ = run(capsys, "l14", "A", "--temperature", "1000", "--letters", "60")
    assert all(letter.isprintable() or letter == "\n" for letter in out)
    assert re.search(r"\\x[01]", out)


@pytest.mark.parametrize("name", ASKED)
def test_questions_are_answered(capsys, lettered, typed, name):
    code, out, err = run(capsys, name, "cab", "j")
    assert (code, err) == (0, "")
    net, *told = out.splitlines()
    assert re.match(f"{name} .*, trained on reversal, right on [0-9.]+% of its test questions", net)
    lesson = course.find(name)
    kept, program = load_net(lesson, None), course.find(name).functional
    if name == "l15":
        wanted = program.answers(kept.config, kept.params, ["cab", "j"])
    else:
        wanted = [program.alignment(kept.config, kept.params, text)[0] for text in ("cab", "j")]
    assert told == [f"cab -> {wanted[0]}", f"j -> {wanted[1]}"]
    typed(b"cab\nk\nj\n")
    code, out, err = run(capsys, name, "--json", "-")
    assert (code, err.partition(";")[0]) == (2, "jaxdl: line 2: 'k' has 'k'")
    document = json.loads(out)
    assert list(document) == ["schema", "lesson", "net", "answers"]
    pairs = [(found["question"], found["answer"]) for found in document["answers"]]
    assert pairs == [("cab", wanted[0]), ("j", wanted[1])]


def test_show_draws_where_the_net_looks(capsys, lettered):
    _, out, _ = run(capsys, "l16", "cab", "--show")
    [found] = json.loads(run(capsys, "l16", "cab", "--json", "-")[1])["answers"]
    weights = np.array(found["weights"])
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    _, answer, read, *rows = out.splitlines()
    assert (answer, read) == (f"cab -> {found['answer']}", "    c a b")
    assert "".join(row[2] for row in rows) == f"{found['answer']}·"[: len(rows)]
    shown = [[" ░▒▓█".index(shade) for shade in row[4:].ljust(6)] for row in rows]
    levels = np.minimum(weights * 5, 4).astype(int)
    assert np.array_equal(shown, np.repeat(levels, 2, axis=1))
