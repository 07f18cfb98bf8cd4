"""The command line: what it writes, what it refuses, and with which exit code."""

import json
import re
import sys

import jax
import pytest
from click.shell_completion import ShellComplete

from jaxdl.cli import command, exit_code
from jaxdl.course import find, lessons


def run(capsys, *arguments):
    code = exit_code(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lits"], "did you mean 'list'"),
        (["run", "l4"], "did you mean l04"),
        (["compare", "nothing-like-it"], "jaxdl list"),
        (["run", "l04", "--epoch", "3"], "--epochs"),
        (["run", "l04", "--epochs", "three"], "three is not a whole number from 0 to 10,000,000"),
        (["run", "l04", "--epochs", "-1"], "-1 is not a whole number from 0 to"),
        (["run", "l05", "--seed", str(2**63)], "to 9,223,372,036,854,775,807"),
        (["run", "l04", "--epochs", str(10**12)], "is not a whole number from 0 to 10,000,000"),
        (["run", "l04", "--epochs", "3.5"], "3.5 is not a whole number"),
        (["run", "l04", "--epochs", "9" * 5000], "is not a whole number"),
        (["run", "l04", "--seed", "nan"], "nan is not a whole number"),
        (["run", "l04", "--learning-rate", "nan"], "nan is not a number from 0 to 1e+38"),
        (["run", "l04", "--learning-rate", "inf"], "inf is not a number from 0 to 1e+38"),
        (["run", "l04", "--learning-rate", "-inf"], "-inf is not a number"),
        (["run", "l04", "--lr", "0.1"], "no --lr; did you mean --learning-rate?"),
        (["run", "l09", "--bs", "8"], "did you mean --batch-size?"),
        (["run", "l09", "--torch-script", "train"], "--torch-script needs --like-torch"),
        (["bench", "l10", "--set", "epochs=1.5"], "epochs: 1.5 is not a whole number from 0 to"),
        (["bench", "l10", "--set", "learning_rate=nan"], "nan is not a number from 0 to 1e+38"),
        (["bench", "l10", "--set", "batch_size=0"], "0 is not a whole number from 1 to"),
        (["run", "l04", "--model", "cubic"], "'line', 'parabola'"),
        (["run", "l07", "--data", "diabtes"], "did you mean diabetes"),
        (["run", "l04", "--json", "/no/such/folder/x.json"], "create it first"),
        (["run", "l04", "--plot", "picture.doc"], ".png"),
        (["compare", "l04", "--steps", "0"], "x>=1"),
        (["run", "l04", "--device", "tpu"], "--device tpu: JAX finds none here, but cpu"),
        (["compare", "l04", "--device", "dsp"], "'cpu', 'gpu', 'tpu'"),
        (["golden", "verify", "l99"], "no lesson"),
        (["data", "verify", "diggits"], "digits"),
    ],
)
def test_unusable_input_is_one_line_and_2(capsys, arguments, told):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("jaxdl: ")
    assert len(err.splitlines()) == 1
    assert told in err


def test_run_writes_schema_1(capsys, tmp_path):
    path = tmp_path / "run.json"
    code, out, _ = run(capsys, "run", "l04", "--epochs", "2", "--json", str(path))
    assert code == 0
    assert "f(4)" in out
    document = json.loads(path.read_text())
    assert set(document) == {
        *("schema", "lesson", "config", "data", "history"),
        *("result", "seconds", "steps", "environment"),
    }
    assert document["schema"] == 1
    assert document["config"]["epochs"] == 2
    assert set(document["seconds"]) == {"setup", "compile", "train"}
    assert document["steps"] == len(document["history"]["loss"]) == 6
    assert document["history"]["epoch_loss"] == [7.315943717956543, 3.9987640380859375]
    assert document["history"]["gradient"][0][:2] == [-2.0, -7.840000152587891]
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]  # no temporary file is left


def test_json_to_standard_output_is_json_alone(capsys):
    _, out, _ = run(capsys, "run", "l04", "--epochs", "1", "--json", "-")
    assert json.loads(out)["lesson"] == "l04"
    _, out, _ = run(capsys, "compare", "l04", "--json", "-")
    assert json.loads(out)["agree"] is True
    _, out, _ = run(capsys, "list", "--json", "-")
    assert len(json.loads(out)["lessons"]) == len(lessons())


def test_compare_writes_schema_1(capsys, tmp_path):
    path = tmp_path / "compare.json"
    code, out, _ = run(capsys, "compare", "l04", "--precision", "float64", "--json", str(path))
    document = json.loads(path.read_text())
    assert code == 0
    assert "equal bit for bit" in out
    wanted = "schema lesson against torch precision steps init_equal output_error loss_error"
    assert set(wanted.split()) < set(document)
    assert {"gradient_error", "parameter_error", "agree"} < set(document)
    assert len(document["loss_error"]) == document["steps"] == 100
    assert set(document["variants"]) == {"line", "parabola"}


def test_a_loss_that_is_not_finite_is_1(capsys, tmp_path):
    path = tmp_path / "run.json"
    code, _, err = run(capsys, "run", "l04", "--learning-rate", "1e9", "--json", str(path))
    assert code == 1
    assert "step 2 is not finite" in err
    losses = json.loads(path.read_text())["history"]["loss"]  # JSON has no NaN: null stands for it
    assert losses[2] is None
    assert losses[1] > 1e19


def test_plot(capsys, tmp_path):
    path = tmp_path / "figure.png"
    assert run(capsys, "run", "l04", "--epochs", "3", "--plot", str(path))[0] == 0
    assert path.read_bytes().startswith(b"\x89PNG")


def test_quick_leaves_alone_what_the_user_said(capsys):
    _, out, _ = run(capsys, "run", "l09", "--quick", "--epochs", "1", "--json", "-")
    config = json.loads(out)["config"]
    assert (config["epochs"], config["learning_rate"]) == (1, find("l09").quick["learning_rate"])


def test_like_torch_without_torch_starts_as_torch_does(capsys):
    _, out, _ = run(
        capsys, "run", "l04", "--like-torch", "--seed", "3", "--epochs", "1", "--json", "-"
    )
    assert json.loads(out)["history"]["epoch_loss"] == [7.315943717956543]


def test_torch_script_says_which_order_is_followed(capsys):
    def losses(*flags):
        arguments = ["run", "l08", "--like-torch", "--epochs", "2", *flags, "--json", "-"]
        return json.loads(run(capsys, *arguments)[1])["history"]["loss"]

    own, tested = losses(), losses("--torch-script", "train-test")
    assert own == losses("--torch-script", "train")
    half = len(own) // 2
    assert own[:half] == tested[:half]
    assert own[half] != tested[half]


def test_golden_verify(capsys):
    code, out, _ = run(capsys, "golden", "verify", "l04")
    assert (code, "good" in out) == (0, True)


def test_interrupt_is_130(capsys, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("jaxdl.cli.run.run", interrupt)
    code, _, err = run(capsys, "run", "l04")
    assert (code, err.strip()) == (130, "jaxdl: interrupted")


def test_a_full_disk_is_one_line(capsys, monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device", str(tmp_path / "x.json"))

    monkeypatch.setattr("os.replace", full)
    code, _, err = run(capsys, "run", "l04", "--epochs", "1", "--json", str(tmp_path / "x.json"))
    assert code == 2
    assert err.endswith("No space left on device\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "l04", "--against", "torch"],
        ["golden", "generate", "l04"],
    ],
)
def test_without_torch_what_needs_it_says_so(capsys, monkeypatch, arguments):
    monkeypatch.setitem(sys.modules, "torch", None)  # import torch then fails
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "pip install torch" in err


def test_a_group_alone_shows_its_help(capsys):
    code, out, err = run(capsys, "run")
    assert (code, out) == (2, "")
    assert [lesson.name for lesson in lessons() if f"\n  {lesson.name} " not in err] == []


def test_version_says_on_what_numbers_depend(capsys, monkeypatch):
    monkeypatch.setattr("jaxdl._torch.find_spec", lambda name: None)
    code, out, _ = run(capsys, "--version")
    lines = dict(line.split(" ", 1) for line in out.splitlines())
    assert (code, " ".join(lines)) == (0, "jaxdl Python jax flax optax numpy torch")
    assert (lines["jax"], lines["torch"]) == (jax.__version__, "not installed")
    assert f"Python {sys.version.split()[0]}\n" in out


def test_the_device_is_said(capsys, monkeypatch):
    _, out, _ = run(capsys, "run", "l04", "--epochs", "1", "--device", "cpu")
    assert re.search(r"^[0-9.]+ s on cpu \([0-9,]+ steps/s\), compilation ", out, re.M)

    def nothing(*_):
        raise RuntimeError("Unable to initialize backend 'cuda'")

    monkeypatch.setattr(jax, "devices", nothing)
    code, out, err = run(capsys, "run", "l04")
    assert (code, out) == (2, "")
    assert err.endswith("unset that variable\n")


@pytest.mark.parametrize(
    ("words", "typed", "wanted"),
    [
        ([], "pre", ["predict"]),
        (["run"], "al", ["all"]),
        (["bench", "l04"], "re", ["report"]),
        (["data", "verify"], "kmn", ["kmnist"]),
        (["run", "l09", "--device", "tpu"], "--ep", ["--epochs"]),  # nothing is tried
        (["run", "l99"], "--ep", []),  # and nobody is told
        (["list", "--json"], "x", ["x"]),
    ],
)
def test_the_shell_completes(capsys, words, typed, wanted):
    complete = ShellComplete(command, {}, "jaxdl", "_JAXDL_COMPLETE")
    assert [found.value for found in complete.get_completions(words, typed)] == wanted
    assert capsys.readouterr() == ("", "")
