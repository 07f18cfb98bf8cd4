"""`jaxdl autograd` on a user's own file with a JAX program alone, and on bad ones."""

import json

import numpy as np
import pytest

from jaxdl.autograd import graph
from jaxdl.cli import exit_code

FILE = """
import jax.numpy as jnp
import numpy as np

params = {"w": np.float32([1.0, -2.0]), "unused": np.float32(3.0), "steps": np.int32(7)}
batch = {"x": np.float32([[1.0, 2.0], [3.0, 4.0]]), "y": np.int32([0, 1])}


def loss(params, batch):
    return jnp.mean((batch["x"] @ params["w"] - batch["y"].astype("float32")) ** 2)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "yours.py"
    path.write_text(FILE)
    return path


def test_a_file_with_a_plain_function_is_told_and_written(file, tmp_path, capsys):
    written = {kind: tmp_path / f"out.{kind}" for kind in ("json", "html", "svg")}
    flags = [word for kind, path in written.items() for word in (f"--{kind}", str(path))]
    assert exit_code(["autograd", str(file), *flags]) == 0
    told = json.loads(written["json"].read_text())
    graph = told["steps"][0]["graphs"]["jax"]
    slopes = {n["name"]: n.get("gradient") for n in graph["nodes"] if n["kind"] == "parameter"}
    assert slopes == {"w": [-21.0, -30.0], "unused": 0.0, "steps": None}  # (2/n) xᵀ(xw - y)
    assert "gradient" in written["svg"].read_text()
    assert "http://" not in written["html"].read_text().replace("http://www.w3.org/", "")
    assert exit_code(["autograd", str(file)]) == 0
    assert "dot_general" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE.replace("params =", "given ="), "defines loss, but no params"),
        (FILE.replace("batch =", "given ="), "defines no batch"),
        ("x = 1\n", "defines no program"),
        ("x = 1\nx.y\n", "yours.py:2: AttributeError: 'int' object has no attribute 'y'"),
        (FILE.replace("jnp.mean", ""), "must be of one element"),
        (FILE.replace('batch["y"]', 'batch["z"]'), "yours.py:10: KeyError: 'z'"),
    ],
)
def test_a_file_that_cannot_be_shown_is_one_line(file, capsys, text, said):
    file.write_text(text)
    assert exit_code(["autograd", str(file)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.strip().splitlines()[-1].startswith("jaxdl: ")


def test_a_loss_that_is_not_a_number_is_written_as_such(file, tmp_path):
    file.write_text(FILE.replace("jnp.mean", "jnp.nan * jnp.mean"))
    written = {kind: tmp_path / f"out.{kind}" for kind in ("json", "html")}
    flags = [word for kind, path in written.items() for word in (f"--{kind}", str(path))]
    assert exit_code(["autograd", str(file), *flags]) == 0
    assert json.loads(written["json"].read_text())["steps"][0]["loss"] == {"jax": "nan"}


def test_hazards_are_told_in_both_languages_and_unknown_ones_are_named(capsys):
    assert exit_code(["autograd", "hazards", "stop-lost", "--lang", "zh"]) == 0
    assert "没有使用" in capsys.readouterr().out
    assert exit_code(["autograd", "hazards", "stop"]) == 2
    assert "stop-lost" in capsys.readouterr().err


def test_hazards_are_a_page_and_json_that_any_reader_takes(tmp_path):
    written = {kind: tmp_path / f"out.{kind}" for kind in ("json", "html")}
    flags = [word for kind, path in written.items() for word in (f"--{kind}", str(path))]
    assert exit_code(["autograd", "hazards", "nan-where", *flags]) == 0
    (told,) = json.loads(written["json"].read_text())["hazards"]
    assert told["wrong"]["measured"] == {"value": 0.0, "gradient": "nan"}
    assert json.dumps(told["wrong"]["measured"], separators=(",", ":")) in written[
        "html"
    ].read_text("utf-8")


def test_a_graph_in_a_notebook_is_a_table_of_its_values():
    shown = graph(lambda w, x: (w * x - 4.0) ** 2, np.float32(1.0), np.float32(2.0))._repr_html_()
    assert "<td>mul" in shown
    assert "-8.0" in shown  # 2 (2w - 4) 2
