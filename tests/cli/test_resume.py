"""`jaxdl run --checkpoint DIR --resume`, and `--precision`, as a user types them."""

import json
import os
import signal

import numpy as np
import pytest

from jaxdl.cli import exit_code
from jaxdl.cli.progress import Reporter
from jaxdl.course import find
from jaxdl.course.run import trained_path
from jaxdl.train import loop

SMALL = ["--batch-size", "500", "--learning-rate", "0.1"]  # three steps an epoch


def run(capsys, *arguments):
    code = exit_code(["run", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def document(capsys, *arguments):
    code, out, err = run(capsys, *arguments, "--json", "-")
    assert (code, err) == (0, "")
    return json.loads(out)


def losses(capsys, *arguments):
    return document(capsys, *arguments)["history"]


def test_a_resumed_run_is_the_uninterrupted_one(capsys, tmp_path):
    whole = losses(capsys, "l09", *SMALL, "--epochs", "4")
    kept = ["--checkpoint", str(tmp_path)]
    losses(capsys, "l09", *SMALL, "--epochs", "2", *kept)
    resumed = document(capsys, "l09", *SMALL, "--epochs", "4", *kept, "--resume")
    assert resumed["history"] == whole
    assert (resumed["resumed_step"], resumed["steps"]) == (6, 12)  # its seconds are of six steps
    assert len(whole["loss"]) == 12
    assert len(whole["test_accuracy"]) == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--resume"], "--resume needs --checkpoint DIR"),
        (["--checkpoint", "{used}"], "go on with it by --resume, or choose another directory"),
        (["--checkpoint", "{used}", "--resume", "--seed", "1"], "config.seed was 0, not 1"),
        (["--checkpoint", "{used}", "--resume", "--epochs", "1"], "ask for more epochs"),
        (["--checkpoint", "{used}/no/folder", "--resume"], "holds no checkpoint yet"),
    ],
)
def test_what_cannot_be_resumed_is_one_line(capsys, tmp_path, arguments, told):
    if "{used}" in " ".join(arguments):
        losses(capsys, "l09", *SMALL, "--epochs", "2", "--checkpoint", str(tmp_path / "used"))
    given = [argument.format(used=tmp_path / "used") for argument in arguments]
    epochs = [] if "--epochs" in given else ["--epochs", "2"]
    code, _, err = run(capsys, "l09", *SMALL, *epochs, *given)
    assert code == (0 if "yet" in told else 2)  # nothing there yet: it starts, and says so
    assert err.count("\n") == 1
    assert told in err


@pytest.mark.parametrize(("call", "reports", "steps"), [(512, 2, 6), (2, 3, 5)])  # within an epoch
def test_ctrl_c_saves_and_says_how_to_go_on(capsys, monkeypatch, tmp_path, call, reports, steps):
    monkeypatch.setattr(loop, "CALL", call)
    arguments = ["l09", *SMALL, "--epochs", "3"]
    whole = losses(capsys, *arguments)
    calls = []

    def interrupt(self, *_, **measured):
        calls.append(0)
        if len(calls) == reports:
            os.kill(os.getpid(), signal.SIGINT)

    kept = ["--checkpoint", str(tmp_path)]
    with monkeypatch.context() as patch:
        patch.setattr(Reporter, "__call__", interrupt)
        code, _, err = run(capsys, *arguments, *kept)
    assert code == 130
    told = f"jaxdl: stopped after step {steps}; the same command with --resume goes on"
    assert err.strip() == told
    assert losses(capsys, *arguments, *kept, "--resume") == whole


def test_a_loss_that_is_not_finite_keeps_the_last_good_checkpoint(capsys, tmp_path):
    arguments = ["l09", "--batch-size", "500", "--learning-rate", "30", "--epochs", "9"]
    code, _, err = run(capsys, *arguments, "--checkpoint", str(tmp_path))
    assert code == 1
    assert err.startswith("jaxdl: the loss of step ")
    assert f"the last good checkpoint is in {tmp_path}" in err
    assert not any(int(name) % 3 for name in os.listdir(tmp_path) if name.isdecimal())


def test_a_net_that_diverged_does_not_replace_the_one_trained_before(capsys):
    good = ["l09", *SMALL, "--epochs", "1"]
    losses(capsys, *good)
    kept = trained_path(find("l09")).read_bytes()
    assert run(capsys, "l09", "--batch-size", "500", "--learning-rate", "1e30", "--epochs", "1")[0]
    losses(capsys, "l09", *SMALL, "--epochs", "0")
    assert trained_path(find("l09")).read_bytes() == kept


def test_a_lesson_without_checkpoints_says_so(capsys, tmp_path):
    code, _, err = run(capsys, "l04", "--checkpoint", str(tmp_path))
    assert code == 2
    assert "--checkpoint" in err


@pytest.mark.parametrize("lesson", ["l05", "l08", "l09"])
def test_float64_carries_float32_further(capsys, lesson):
    """The first losses are equal up to float32's rounding; the numbers themselves are float64."""
    single, double = (
        np.array(losses(capsys, lesson, "--epochs", "2", "--precision", precision)["loss"])
        for precision in ("float32", "float64")
    )
    np.testing.assert_allclose(single, double, rtol=1e-4)
    assert np.any(double != double.astype(np.float32))


def test_a_log_beside_a_resumed_run(capsys, tmp_path):
    kept = [*SMALL, "--checkpoint", str(tmp_path / "kept"), "--log", str(tmp_path / "log")]
    losses(capsys, "l09", *kept, "--epochs", "1")
    whole = losses(capsys, "l09", *kept, "--epochs", "2", "--resume")
    for name, values in whole.items():
        if name in ("loss", "test_accuracy"):
            rows = (tmp_path / "log" / f"{name}.csv").read_text().splitlines()[1:]
            assert [float(row.rpartition(",")[2]) for row in rows] == pytest.approx(values)
    code, _, err = run(capsys, "l04", "--log", str(tmp_path / "log"))
    assert code == 2
    assert "holds the log of another run; name another folder" in err
