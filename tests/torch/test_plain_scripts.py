"""`jaxdl run --like-torch` has the losses of PyTorch scripts that nobody prepared.

In float64 for every seed. In float32 two values that a pooling or a ReLU compares may be equal up
to rounding; PyTorch then sends the gradient one way, we the other, and the runs part: so the script
does from itself with other threads or convolutions (`python -m benchmarks.like_torch`).
l13 has neither: float32 holds, too, for every seed (its twin is held in float64 by test_twins.py).
"""

import json

import numpy as np
import pytest

from benchmarks.like_torch import CASES, STEPS, difference, ours, script
from jaxdl import data
from jaxdl.cli import exit_code

PICTURES = [case for case in CASES if case != "l13"]
NAMES = [name for name in ("surnames", "names") if data.state(name) in ("embedded", "ready")]
DATA = [name for name in ("digits", "mnist") if data.state(name) in ("embedded", "ready")]


@pytest.fixture(scope="module")
def splits():
    return {name: data.load(name).train for name in DATA}


@pytest.mark.parametrize(
    ("case", "seed"),
    [(case, seed) for case in PICTURES for seed in ([0] if "l11" in case else [0, -3, 2**40])],
)
@pytest.mark.parametrize("name", DATA)
def test_same_losses_in_float64(splits, monkeypatch, case, name, seed):
    steps = {"l09": STEPS, "l10": 40, "l11-resnet": 20, "l11-googlenet": 6}[case]  # by their cost
    monkeypatch.setattr("benchmarks.like_torch.STEPS", steps)
    split = splits[name]
    theirs = script(CASES[case][2], split.x, split.y, seed, dtype="float64")
    assert difference(ours(case, name, seed, dtype="float64"), theirs) < 1e-10


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("case", PICTURES)
def test_same_first_losses_in_float32(splits, monkeypatch, case, name):
    steps = 100 if case == "l09" else 3  # l09 pools nothing
    monkeypatch.setattr("benchmarks.like_torch.STEPS", steps)
    split = splits[name]
    theirs = script(CASES[case][2], split.x, split.y, 0)
    found = ours(case, name, 0)
    assert len(found) == len(theirs) >= min(steps, 23)  # an epoch of the digits has 23
    assert difference(found, theirs) < 1e-5


@pytest.mark.parametrize("seed", [0, -3, 2**40 + 1])
@pytest.mark.parametrize("name", NAMES)
def test_the_names_have_the_same_losses(monkeypatch, name, seed):
    """A recurrence has no two values to choose between: float32 holds for every seed, too."""
    monkeypatch.setattr("benchmarks.like_torch.STEPS", 30)  # an epoch of the surnames has 12
    split = data.load(name).train
    theirs = script(CASES["l13"][2], split.x, split.y, seed)
    found = ours("l13", name, seed)
    assert len(found) == len(theirs) >= 12
    assert difference(found, theirs) < 1e-5


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_command_line_does_the_same(tmp_path, splits, precision):
    path = tmp_path / "run.json"
    flags = ["--like-torch", "--seed", "5", "--epochs", "1", "--precision", precision]
    assert exit_code(["run", "l09", *flags, "--json", str(path)]) == 0
    found = np.array(json.loads(path.read_text())["history"]["loss"])
    split = splits["digits"]
    theirs = script(CASES["l09"][2], split.x, split.y, 5, dtype=precision)
    assert len(found) == len(theirs) == -(-len(split) // 64) < STEPS
    assert difference(found, theirs) < (1e-5 if precision == "float32" else 1e-12)


def test_the_known_first_losses_on_mnist(splits):
    """Of real PyTorch 2.13, seed 0; where the real data are."""
    for split in [splits[name] for name in DATA if name == "mnist"]:
        losses = script(CASES["l10"][2], split.x, split.y, 0)[:2]
        np.testing.assert_allclose(losses, [2.308168888092041, 2.3056187629699707], rtol=1e-6)
        np.testing.assert_allclose(ours("l10", "mnist", 0)[:2], losses, rtol=1e-6)
