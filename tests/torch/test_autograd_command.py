"""`jaxdl autograd` on a lesson, and on a user's Flax NNX net beside its PyTorch twin."""

import json

from jaxdl.cli import exit_code

FILE = """
import jax.numpy as jnp
import numpy as np
import torch
from flax import nnx


class Net(nnx.Module):
    def __init__(self, rngs):
        self.a = nnx.Linear(3, 5, rngs=rngs)
        self.b = nnx.Linear(5, 2, rngs=rngs)

    def __call__(self, x):
        return self.b(nnx.relu(self.a(x)))


graphdef, params = nnx.split(Net(nnx.Rngs(0)), nnx.Param)
model = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
with torch.no_grad():
    for layer, name in ((model[0], "a"), (model[2], "b")):
        layer.weight.copy_(torch.from_numpy(np.array(params[name]["kernel"][...].T)))
        layer.bias.zero_()
batch = (np.float32(np.arange(12).reshape(4, 3)), np.zeros((4, 2), "float32"))


def loss(params, batch):
    x, y = batch
    return jnp.mean((nnx.merge(graphdef, params)(x) - y) ** 2)


def torch_loss(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).mean()
"""


def test_a_flax_net_and_its_twin_are_tied_without_a_line_of_ours(tmp_path, capsys):
    file, out = tmp_path / "net.py", tmp_path / "net.json"
    file.write_text(FILE)
    assert exit_code(["autograd", str(file), "--json", str(out)]) == 0
    step = json.loads(out.read_text())["steps"][1]
    names = [
        {n["id"]: n["name"] for n in step["graphs"][world]["nodes"] if n["kind"] == "parameter"}
        for world in ("torch", "jax")
    ]
    tied = {names[0][a]: names[1][b] for a, b, _ in step["ties"] if a in names[0]}
    assert tied == {
        "0.weight": "a.kernel",
        "0.bias": "a.bias",
        "2.weight": "b.kernel",
        "2.bias": "b.bias",
    }
    assert abs(step["loss"]["torch"] - step["loss"]["jax"]) < 1e-5 * step["loss"]["jax"]


BATCHES = """
from typing import NamedTuple

import ml_dtypes
import numpy as np
import torch


class Batch(NamedTuple):
    x: object
    y: object


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = torch.nn.Embedding(5, 3, dtype=torch.bfloat16)
        self.out = torch.nn.Linear(3, 4, dtype=torch.bfloat16)
        self.out.bias.requires_grad_(False)

    def forward(self, x):
        return self.out(self.rows(x["index"]) + x["more"])


model = Net()
index = np.array([1, 2], np.int16)
batch = Batch({"index": index, "more": np.ones((2, 3), ml_dtypes.bfloat16)}, np.array([0, 3]))


def torch_loss(model, batch):
    return torch.nn.functional.cross_entropy(model(batch.x).float(), batch.y)
"""


def test_a_torch_program_alone_with_a_named_tuple_bfloat16_and_a_frozen_weight(tmp_path):
    file, out = tmp_path / "net.py", tmp_path / "net.json"
    file.write_text(BATCHES)
    assert exit_code(["autograd", str(file), "--json", str(out)]) == 0
    nodes = json.loads(out.read_text())["steps"][0]["graphs"]["torch"]["nodes"]
    found = {n["name"]: n for n in nodes if n["kind"] == "parameter"}
    assert found["rows.weight"]["dtype"] == "bfloat16"
    assert "gradient" in found["out.weight"]
    assert "gradient" not in found["out.bias"]


def test_a_lesson_shows_both_worlds_beside_each_other(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert exit_code(["autograd", "l04", "--steps", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("aten.mul" in line and "│" in line and " mul(" in line for line in lines)
    assert exit_code(["autograd", "l04", "--steps", "1", "--step"]) == 0
    assert "w.grad += -2" in capsys.readouterr().out
