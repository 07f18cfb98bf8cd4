"""`assert_parity` in a project of somebody else's: function and fixture; at length with xdist."""

import subprocess
import sys

from tests.soak import whole_or

WORKERS = whole_or(["0"], ["0", "2"])[-1]
PORT = """
import numpy as np, torch
from flax import nnx

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = torch.nn.Linear(3, 8), torch.nn.Linear(8, 2)
    def forward(self, x):
        return self.b(torch.nn.functional.gelu(self.a(x)))

class Port(nnx.Module):
    def __init__(self, rngs, approximate):
        self.a, self.b = nnx.Linear(3, 8, rngs=rngs), nnx.Linear(8, 2, rngs=rngs)
        self.approximate = approximate
    def __call__(self, x):
        return self.b(nnx.gelu(self.a(x), self.approximate))

torch.manual_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(5, 3)).astype("float32")
y = rng.integers(0, 2, 5)
"""
TESTS = """
import optax, pytest, torch
from flax import nnx
from port import Net, Port, x, y
from jaxdl.errors import InputError
from jaxdl.parity import assert_parity as plain

def test_right(assert_parity):
    model = Net()
    assert_parity(
        model, Port(nnx.Rngs(0), False), (x, y), loss="cross_entropy", steps=3,
        optimizer=optax.sgd(0.1), torch_optimizer=torch.optim.SGD(model.parameters(), 0.1),
    )

def test_wrong(assert_parity):
    assert_parity(Net(), Port(nnx.Rngs(0), True), (x, y), loss="cross_entropy")

def test_no_loss():
    plain(Net(), Port(nnx.Rngs(0), False), (x, y))

def test_no_such_loss():
    with pytest.raises(InputError, match="no loss that both"):
        plain(Net(), Port(nnx.Rngs(0), False), (x, y), loss="cross_entropi")
"""


def test_a_strangers_tests(tmp_path):
    (tmp_path / "port.py").write_text(PORT)
    (tmp_path / "test_port.py").write_text(TESTS)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", WORKERS, "--parity-report", "reports",
         "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert "1 failed, 3 passed" in run.stdout, run.stdout + run.stderr
    assert "cause: the activation is nn.gelu(x, approximate=True)" in run.stdout
    assert "forward: gelu (port.py:17)" in run.stdout
    assert "jaxdl/parity/" not in run.stdout  # the failure is the test's own line
    reports = {path.name: path.read_text() for path in (tmp_path / "reports").iterdir()}
    assert set(reports) == {"test_port.py_test_right.html", "test_port.py_test_wrong.html"}
    assert ">agree<" in reports["test_port.py_test_right.html"]
    assert ">differ<" in reports["test_port.py_test_wrong.html"]


def test_a_report_that_cannot_be_written(tmp_path):
    (tmp_path / "reports").write_text("")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--parity-report", "reports"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 4
    assert run.stderr.strip() == "ERROR: --parity-report reports: File exists"
