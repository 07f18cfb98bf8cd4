"""`jaxdl bench yours.py` on functions of both frameworks. No time is judged."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import overhead
from jaxdl.bench import arms, functions
from jaxdl.cli import exit_code
from jaxdl.errors import InputError

FILE = """
import jax, jax.numpy as jnp
import numpy as np
import torch

def mix(params, x, order):
    hidden = torch.tanh(x[order] @ params["w"] + params["b"])
    return {"out": hidden @ params["w"].T, "ranks": (torch.argsort(hidden[:, 0]), order)}

def mix_jax(params, x, order):
    hidden = jnp.tanh(x[order] @ params["w"] + params["b"])
    return {"out": FACTOR * hidden @ params["w"].T, "ranks": (jnp.argsort(hidden[:, 0]), order)}

functions = {"torch": mix, "jax": mix_jax}
gradients = (0,)

def inputs(seed):
    random = np.random.default_rng(seed)
    params = {"w": random.normal(size=(4, 3)), "b": random.normal(size=3).astype("float16")}
    return params, random.normal(size=(6, 4)).astype("float32"), random.permutation(6)
"""
SHORT = ["--arms", "torch-eager,jax-jit", "--blocks", "2", "--block-seconds", "0.001"]


@pytest.fixture
def yours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))

    def write(factor):
        (tmp_path / "yours.py").write_text(FILE.replace("FACTOR", factor))

    return write


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch):
    """An arm sets PyTorch up for its process, which is here the tests'."""
    monkeypatch.setattr("torch.backends.cudnn.allow_tf32", True)
    monkeypatch.setattr("torch.compile", lambda function, **_: function)  # minutes, and not ours
    yield
    torch.set_default_dtype(torch.float32)


def test_a_sound_pair(yours, capsys):
    yours("1")
    more = ["--dtype", "float64", "--json", "found.json", "--plot", "found.png"]
    more += ["--profile", "traces"]
    assert exit_code(["bench", "yours.py", *SHORT, *more]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("yours.py: float64, cpu")
    assert [line.split()[0] for line in lines[3:5]] == ["torch", "jax"]
    assert max(map(len, lines[2:5])) <= 80
    assert "left out" not in err
    found = json.loads(Path("found.json").read_text())
    assert [row["arm"] for row in found["records"]] == ["torch-eager", "jax-jit"]
    assert found["records"][1]["error"] <= 1e-10
    assert found["inputs"]["0.b"] == "float64[3]"
    assert Path("found.png").read_bytes().startswith(b"\x89PNG")
    for trace in ("jax-jit/plugins/profile/*/perfetto_trace.json.gz", "torch-eager/*.trace.json"):
        assert list(Path("traces").glob(f"yours.py-{trace}"))


def test_a_wrong_pair_is_refused(yours, capsys):
    yours("1.001")
    assert exit_code(["bench", "yours.py", *SHORT]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    first, last = [line for line in err.splitlines() if line.startswith("jaxdl:")]
    begins = "jaxdl: jax jit differs from torch eager: output.out is off by 1.0e-03 of its largest"
    assert first.startswith(begins)
    assert "; gradient of 0.b is off by" in first
    assert last == "jaxdl: nothing was timed"


def called(function, given, *, arm="torch-eager", mode="", gradients=(), dtype="float32"):
    question = functions.asked(given, gradients, dtype)
    return arms.build_function(arm, lambda: function, question, dtype, 1, mode)


def test_a_gradient_that_does_not_reach_an_input_is_zero():
    given = {"x": np.ones(3), "unused": np.ones(2)}
    one = called(lambda x, unused: x * 2, given, gradients=("x", "unused"), dtype="float64")
    found = one.arrays(one.run(0))
    assert found["gradient of unused"].tolist() == [0.0, 0.0]
    assert found["gradient of x"].dtype == np.float64
    compiled = called(lambda x, unused: x * 2, given, mode="default", gradients=("x", "unused"))
    assert set(compiled.arrays(compiled.run(0))) == set(found)


def test_what_torch_does_to_its_inputs_is_seen():
    one = called(lambda x: x.tanh_(), (np.ones(3),))
    assert one.untouched(0)
    one.run(0)
    assert not one.untouched(0)
    with pytest.raises(InputError, match="is it detached"):
        called(lambda x: x.detach(), (np.ones(3),), gradients=(0,)).run(0)
    one = called(lambda x: [x.sum().item()], (np.ones(3),))
    with pytest.raises(InputError, match=r"its output\.0 is of type float"):
        one.arrays(one.run(0))
    one = called(lambda x: None, (np.ones(3),))
    with pytest.raises(InputError, match="nothing that could be compared"):
        one.arrays(one.run(0))


def test_a_picture_that_cannot_be_drawn_is_told_before_anything_is_timed(yours, capsys):
    yours("1")
    for more in (["--plot", "f.xyz"], ["--plot", "f.png", "--json", "f.png"]):
        assert exit_code(["bench", "yours.py", *SHORT, *more]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_a_file_that_ends_the_process_is_no_agreement(yours, tmp_path, capsys):
    (tmp_path / "yours.py").write_text("import sys\nsys.exit(0)\n")
    assert exit_code(["bench", "yours.py", *SHORT]) == 2
    assert "yours.py:2: SystemExit" in capsys.readouterr().err


def test_low_precision_can_be_compared():
    one = called(lambda x: x.bfloat16(), (np.array([1.0, 1 + 2**-9]),))
    found = one.arrays(one.run(0))["output"]
    assert found.dtype.name == "bfloat16"
    assert found.tolist() == [1.0, 1.0]


def test_every_way_of_the_overhead_takes_the_same_steps():
    x, y = (array.astype("float32") for array in overhead.inputs())
    losses = {}
    for name, way in overhead.WAYS.items():
        if name == "torch CUDA graph":
            continue
        run = way(2)
        given = map(torch.from_numpy, (x, y)) if name.startswith("torch") else (x, y)
        losses[name] = np.array([float(l) for l in run(*given)])
    first = losses["torch eager"]
    assert len(first) == overhead.STEPS
    assert first[0] > first[-1] > 0
    for name, other in losses.items():
        np.testing.assert_allclose(other, first, rtol=1e-5, err_msg=name)
