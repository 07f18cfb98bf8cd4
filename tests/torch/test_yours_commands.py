"""`jaxdl compare`, `doctor` and `convert` on a file that has not a line of ours."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from jaxdl.cli import exit_code

FILE = """
import numpy as np, optax, torch
from flax import nnx

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.c = torch.nn.Conv2d(1, 4, 3, padding=1)
        self.fc = torch.nn.Linear(36, 3)
    def forward(self, x):
        return self.fc(torch.relu(self.c(x)).flatten(1))

class Port(nnx.Module):
    def __init__(self, rngs):
        self.conv = nnx.Conv(1, 4, (3, 3), rngs=rngs)
        self.out = nnx.Linear(36, 3, rngs=rngs)
    def __call__(self, x):
        x = ACTIVATION(self.conv(x))
        return self.out(x.transpose(0, 3, 1, 2).reshape(len(x), -1))

torch.manual_seed(0)
model, params = Net(), Port(nnx.Rngs(0))
rng = np.random.default_rng(0)
x, y = rng.normal(size=(5, 3, 3, 1)).astype("float32"), rng.integers(0, 3, 5)
batch, torch_batch = (x, y), (torch.from_numpy(x.transpose(0, 3, 1, 2)), torch.from_numpy(y))

def loss(net, batch):
    return optax.softmax_cross_entropy_with_integer_labels(net(batch[0]), batch[1]).mean()

def torch_loss(model, batch):
    return torch.nn.functional.cross_entropy(model(batch[0]), batch[1])

optimizer = optax.sgd(0.1, momentum=0.9)
torch_optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
"""


@pytest.fixture
def yours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(activation="nnx.relu"):
        (tmp_path / "port.py").write_text(FILE.replace("ACTIVATION", activation))

    return write


def test_a_sound_port(yours, capsys):
    yours()
    assert exit_code(["compare", "port.py", "--steps", "4", "--json", "found.json"]) == 0
    out = capsys.readouterr().out
    assert "c Conv2d" in out
    assert out.rstrip().endswith("agree")
    found = json.loads(Path("found.json").read_text())
    assert found["schema"] == 1
    assert len(found["loss_error"]) == 4
    assert exit_code(["doctor", "port.py"]) == 0
    assert "no difference found" in capsys.readouterr().out


def test_a_faulty_port(yours, capsys):
    yours("nnx.leaky_relu")
    assert exit_code(["compare", "port.py"]) == 1
    assert capsys.readouterr().out.rstrip().endswith("DISAGREE")
    assert exit_code(["doctor", "port.py", "--json", "-"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["place"] == "relu"
    assert "leaky_relu with slope 0.01" in found["cause"]
    assert found["line"] == "port.py:18"


def test_weights_are_carried_over(yours, capsys):
    yours()
    model = torch.nn.Sequential()
    model.add_module("c", torch.nn.Conv2d(1, 4, 3))
    model.add_module("fc", torch.nn.Linear(36, 3))
    torch.save(model.state_dict(), "w.pt")
    assert exit_code(["convert", "w.pt", "port.py", "--out", "p.safetensors"]) == 0
    leaves = load_file("p.safetensors")
    assert set(leaves) == {"conv.kernel", "conv.bias", "out.kernel", "out.bias"}
    weight = model.c.weight.detach().numpy()
    np.testing.assert_array_equal(leaves["conv.kernel"], weight.transpose(2, 3, 1, 0))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["compare", "no.py"], "no.py: there is no such file"),
        (["doctor", "empty.py"], "empty.py defines no model: the PyTorch module"),
        (["convert", "no.pt", "port.py", "--out", "p.safetensors"], "no.pt: there is no such file"),
        (["convert", "no.pt", "port.py", "--out", "p.bin"], "must end in .safetensors"),
        (["compare", "broken.py"], "broken.py:2: ZeroDivisionError"),
    ],
)
def test_what_cannot_be_used(yours, capsys, arguments, told):
    yours()
    Path("empty.py").write_text("")
    Path("broken.py").write_text("x = 1\n1 / 0\n")
    assert exit_code(arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
