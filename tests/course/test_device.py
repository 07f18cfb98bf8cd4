"""Among how many devices a run shares its batches out, and that it computes the same."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxdl.cli import exit_code
from jaxdl.cli import run as cli_run
from jaxdl.course import bench, device, find, lessons
from jaxdl.course.device import FEWEST_STEPS, shares_of, use_devices
from jaxdl.course.run import run
from jaxdl.course.start import Start
from jaxdl.errors import InputError

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
SHARING = [pytest.param(each, id=each.name) for each in lessons() if each.shares]


def config(name, **fields):
    return replace(find(name).config(), **fields)


@pytest.mark.parametrize(
    ("cores", "batch_size", "count"),
    [
        *((1, 64, 1), (2, 64, 2), (4, 64, 4), (8, 64, 8)),
        *((2, 15, 1), (3, 64, 2), (6, 64, 4), (7, 15, 1)),  # a divisor, of more than half the cores
        *((2, 12, 2), (2, 10, 1), (3, 18, 3), (4, 12, 1), (2, 1, 1)),  # six examples each
        (16, 64, 1),  # not measured
    ],
)
def test_how_many_share_a_batch(cores, batch_size, count):
    assert shares_of(cores, batch_size) == count


@pytest.mark.parametrize(
    ("name", "fields", "asked", "count"),
    [
        ("l10", {}, None, 2),  # 10 epochs of 23 steps
        ("l10", {"epochs": 8}, None, 1),
        ("l10", {}, 2, 2),
        ("l10", {"epochs": 22}, None, 2),
        ("l10", {"epochs": 22}, 1, 1),
        ("l10", {"epochs": 22, "batch_size": 15}, None, 1),
        ("l10", {"epochs": 500, "batch_size": 2000}, None, 1),  # no whole batch
        ("l10", {"data": "mnist"}, None, 2),  # that it is not here does not matter
        ("l13", {}, None, 2),
        ("l18", {}, None, 2),
        ("l18", {"accumulate": 2}, None, 1),
        ("l09", {"data": "mnist"}, None, 1),  # measured to be no faster
        ("l09", {}, 2, 2),
        ("l04", {}, None, None),
    ],
)
def test_how_many_devices_a_run_gets(name, fields, asked, count):
    """JAX has two here; see tests/conftest.py."""
    assert use_devices(find(name), config(name, **fields), asked=asked) == count


@pytest.mark.parametrize(
    ("name", "fields", "asked", "told"),
    [
        ("l10", {}, 3, "--devices 3: 3 devices cannot share a batch of 64 evenly; choose a number"),
        ("l10", {"batch_size": 2000}, 2, "1437 examples has no whole batch of 2000"),
        ("l10", {}, 4, "--devices 4: JAX computes on 2 devices here, cpu; leave it out"),
        ("l18", {"accumulate": 2}, 2, "more than one gradient and an update"),
    ],
)
def test_devices_that_cannot_share_are_refused(name, fields, asked, told):
    with pytest.raises(InputError, match=told):
        use_devices(find(name), config(name, **fields), asked=asked)


def test_jax_begins_with_them(monkeypatch):
    """In a process of its own: how many there are is settled when JAX starts."""
    script = """
import jax
from jaxdl.course import device, find
device.usable_cores = lambda: range(4)
lesson = find("l10")
print(device.use_devices(lesson, lesson.config(data="mnist"), "cpu"), len(jax.devices()))
"""
    monkeypatch.delenv("JAX_NUM_CPU_DEVICES", raising=False)
    for own, said in ((None, "4 4"), ("2", "2 2"), ("3", "1 3")):  # the user's own number stays
        if own:
            monkeypatch.setenv("JAX_NUM_CPU_DEVICES", own)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert (done.stdout.strip(), done.returncode) == (said, 0), done.stderr


@pytest.mark.parametrize("lesson", SHARING)
def test_a_lesson_that_shares_hands_its_step_over(monkeypatch, lesson):
    """The same one in every run, so that it is compiled once."""
    found = []

    class Caught(Exception):
        pass

    def caught(*_, shared, scan, **__):
        found.append((shared, scan))
        raise Caught

    program = lesson.program(lesson.config())
    data = tuple(column[:600] for column in program.examples())
    monkeypatch.setattr(lesson.functional, "fit", caught)
    for _ in range(2):
        with pytest.raises(Caught):
            program.train(data, {"kernel": np.zeros((2, 2), np.float32)})
    assert found[0] == found[1]
    assert callable(found[0][0])
    assert found[0][1] is True
    assert lesson.sharded


@pytest.mark.parametrize("lesson", SHARING)
def test_what_shares_by_itself_was_measured_to_be_faster(lesson):
    """The committed results: two runs of the fewest steps pay a longer compilation back."""
    files = [RESULTS / "gpt/speed.json", *RESULTS.glob(f"bench/{lesson.name}.json")]
    records = [each for file in files for each in json.loads(file.read_text("utf-8"))]
    arms = {
        (each["variant"]["title"], each["arm"]): each
        for each in records
        if each["lesson"] == lesson.name
    }
    nets = {title for title, arm in arms if arm == "jax-sharded"}
    assert nets
    for net in nets:
        alone, shared = (arms[net, arm] for arm in ("jax-scan", "jax-sharded"))
        gained = alone["step_s"]["median"] - shared["step_s"]["median"]
        paid = shared["compile_s"] - alone["compile_s"] < 2 * FEWEST_STEPS * gained
        assert paid == (lesson.shares == "itself"), net


def test_two_devices_compute_what_one_does():
    """Lesson 9 from PyTorch's start, in float64: 22 batches of 64 and one of 29, twice."""
    both = [
        run(find("l09"), config("l09", epochs=2), Start(True, "float64"), devices=count)
        for count in (2, 1)
    ]
    shared, alone = (done.document for done in both)
    assert (shared["devices"], alone["devices"]) == (2, 1)
    assert shared["steps"] == 46
    for name in ("loss", "test_accuracy"):
        np.testing.assert_allclose(shared["history"][name], alone["history"][name], rtol=1e-12)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15),
        *(done.params for done in both),
    )


def typed(capsys, *arguments):
    code = exit_code(["run", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_run_says_which_way_it_took(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(cli_run, "usable_cores", lambda: [0, 1])
    flags = ["l09", "--batch-size", "500", "--checkpoint", str(tmp_path / "kept")]
    path = tmp_path / "run.json"
    code, out, _ = typed(capsys, *flags, "--epochs", "1", "--devices", "2", "--json", str(path))
    assert code == 0
    assert "\n2 cores share each batch; --devices 1 has one device take it\n" in out
    assert json.loads(path.read_text())["devices"] == 2
    again = [*flags, "--epochs", "2", "--resume", "--json", str(path)]
    code, out, err = typed(capsys, *again)
    assert (code, err) == (0, "")
    assert "\nresumed at step 3\n" in out
    assert "\none device takes each batch; --devices 2 shares it out among so many cores\n" in out
    assert json.loads(path.read_text())["devices"] == 1
    monkeypatch.setattr(cli_run, "usable_cores", lambda: [0])
    _, out, _ = typed(capsys, "l09", "--epochs", "0")
    assert "device" not in out  # there is no other way


def test_what_cannot_be_asked_for_is_one_line(capsys):
    code, out, err = typed(capsys, "l10", "--devices", "3")
    assert (code, out) == (2, "")
    assert err.startswith("jaxdl: --devices 3: 3 devices cannot share a batch of 64")
    assert typed(capsys, "l04", "--devices", "2")[0] == 2
    assert device.device().platform == "cpu"


@pytest.mark.parametrize(("name", "count"), [("l10", 2), ("l09", 1)])
def test_a_whole_run_of_the_benchmark_takes_the_same_way(name, count):
    case = bench.cases(find(name), epochs=25)[0]
    assert case.whole_run("functional", "float32").devices == count
