"""`jaxdl run l08 --like-torch --seed S` has the losses of a PyTorch script that nobody prepared.

The script below knows nothing of jaxdl: it seeds, builds a net and iterates a shuffling DataLoader.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl import data
from jaxdl.cli import exit_code
from jaxdl.course import find
from jaxdl.course.compare_lesson import compare_lesson

EPOCHS = 5


def breast_cancer():
    split = data.load("breast_cancer").train
    return split.x, split.y


def diabetes():  # as the lecture reads it
    path = Path(os.environ["JAXDL_DATA_DIR"]) / "diabetes" / "diabetes.csv.gz"
    xy = np.loadtxt(path, delimiter=",", dtype=np.float32)
    return xy[:, :-1], xy[:, [-1]]


DATA = [f for f in (breast_cancer, diabetes) if data.state(f.__name__) in ("embedded", "ready")]


def script(x, y, seed):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(x.shape[1], 6),
        nn.Sigmoid(),
        nn.Linear(6, 4),
        nn.Sigmoid(),
        nn.Linear(4, 1),
    )
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
    losses = []
    for _ in range(EPOCHS):
        for inputs, labels in loader:
            l = criterion(model(inputs), labels)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            losses.append(l.item())
    return losses


def like_torch(tmp_path, name, seed):
    path = tmp_path / "run.json"
    flags = ["--data", name, "--seed", str(seed), "--epochs", str(EPOCHS)]
    assert exit_code(["run", "l08", "--like-torch", *flags, "--json", str(path)]) == 0
    return json.loads(path.read_text())["history"]["loss"]


@pytest.mark.parametrize("seed", [0, 1, -3, 12345, 2**40])
@pytest.mark.parametrize("examples", DATA)
def test_same_losses_as_a_plain_script(tmp_path, examples, seed):
    x, y = examples()
    theirs = script(x, y, seed)
    assert len(theirs) == EPOCHS * -(-len(x) // 32)
    ours = like_torch(tmp_path, examples.__name__, seed)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=0)


# The last batch of 569 examples has 1, as all others; 2 of 7; 1 of 568; all; 569 of 1000. In
# float64, because 1707 steps at this rate carry float32's rounding past 1e-5.
@pytest.mark.parametrize("batch_size", [1, 7, 568, 569, 1000])
def test_same_losses_for_every_cut(batch_size):
    lesson = find("l08")
    config = lesson.config(batch_size=batch_size, learning_rate=0.3, epochs=3, seed=2)
    found = compare_lesson(lesson, config, precision="float64", against="torch", steps=10_000)
    assert found["given"].steps == 3 * -(-569 // batch_size)
    assert found["given"].agree, found["given"].worst


def test_another_seed_gives_other_losses(tmp_path):
    theirs = script(*breast_cancer(), seed=1)
    ours = like_torch(tmp_path, "breast_cancer", 0)
    assert np.max(np.abs(np.subtract(ours, theirs)) / theirs) > 1e-2
