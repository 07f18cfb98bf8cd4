"""Derivatives in three ways: the same numbers, or it is told why one cannot be taken."""

import json
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.bench.derivatives import AXES, DERIVATIVES, NotEqual, Way, functional
from jaxdl.bench.derivatives.timed import compared, measure, measure_small
from jaxdl.cli import exit_code
from jaxdl.course import find
from jaxdl.course.derivatives import net_of
from tests.soak import whole_or

QUICK = {"blocks": 2, "seconds": 0.0}
OF_NETS = [name for name in DERIVATIVES if AXES[name] in ("examples", "parameters")]
CASES = [(net, name) for net in ("l07", "l09", "l10", "l13") for name in OF_NETS]
FEW = [(net, name) for net, name in CASES if net == "l07"]
FEW += [("l09", "jacobian-forward"), ("l10", "per-example")]
FEW += [("l13", "directional"), ("l13", "hessian")]
# PyTorch's own, when it loads its rules for dual numbers.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")


@cache
def net(name):
    return net_of(find(name), examples=2, parameters=12)


@pytest.mark.parametrize(("lesson", "name"), whole_or(FEW, CASES))
def test_a_derivative_of_a_net_is_the_same_in_three_ways(lesson, name):
    with jax.enable_x64(True):
        records = list(measure(net(lesson), [name], **QUICK))
    assert [record["way"] for record in records] == ["imperative", "torch.func", "jax"]
    # PyTorch's packed sequences have no forward mode, and torch.func cannot look into them.
    impossible = {"torch.func"} if lesson == "l13" else set()
    impossible |= {"imperative"} if (lesson, name) == ("l13", "directional") else set()
    assert {record["way"] for record in records if "impossible" in record} == impossible
    for record in records:
        if record["way"] not in impossible:
            assert record["error"] < 1e-10
            assert record["call_s"]["n"] == 2
            assert record["memory_bytes"] > 0


def test_what_jax_compiles_has_net_and_batch_as_arguments(monkeypatch):
    """As constants XLA would have computed most of a derivative before it is timed."""
    monkeypatch.setattr(functional, "_way", lambda function, given, told: (function, given))
    with jax.enable_x64(True):
        pairs = list(functional.ways(net("l07")).values())
        pairs += [functional.fixed_point(np.eye(3) / 2, np.ones(3))]
        pairs += [functional.truncated(np.eye(3) / 2, np.ones((8, 3)))]
        for function, given in pairs:
            held = jax.make_jaxpr(function)(*given).consts
            assert not any(jnp.issubdtype(jnp.result_type(c), jnp.floating) for c in held)


def test_fixed_points_and_truncated_time_are_the_same_in_three_ways():
    with jax.enable_x64(True):
        records = list(measure_small({"fixed-point": (5,), "truncated": (16,)}, **QUICK))
    assert [record["way"] for record in records] == ["imperative", "torch.func", "jax"] * 2
    assert all(record["error"] < 1e-10 for record in records)


def test_ways_that_differ_are_not_timed():
    ways = {
        "imperative": Way(lambda: 1.0, np.asarray),
        "jax": Way(lambda: 1.0 + 1e-9, np.asarray),
    }
    with pytest.raises(NotEqual, match=r"imperative and jax are 1\.0e-09 apart"):
        list(compared({"derivative": "hvp", "net": "l07"}, ways, **QUICK))


def test_what_a_framework_cannot_do_is_told_in_its_own_words():
    def refuse():
        raise NotImplementedError("no rule for this\nmore lines")

    ways = {"torch.func": Way(refuse, np.asarray), "jax": Way(lambda: 1.0, np.asarray)}
    first, second = compared({"derivative": "hvp", "net": "l07"}, ways, **QUICK)
    assert first["impossible"] == "NotImplementedError: no rule for this"
    assert second["error"] == 0


def test_the_command_ends_with_1_where_two_ways_differ(monkeypatch, capsys):
    monkeypatch.setattr("jaxdl.bench.derivatives.timed.TOLERANCE", -1.0)
    assert exit_code(["bench", "derivatives", "l07", "--only", "directional"]) == 1
    assert "imperative and jax are" in capsys.readouterr().err


def test_the_command_measures_each_size_that_it_is_given(tmp_path, capsys):
    place = tmp_path / "found.json"
    names = ["--only", "directional", "--only", "hvp-inner"]
    sizes = ["--examples", "1", "--examples", "2", "--parameters", "3", "--blocks", "2"]
    command = ["bench", "derivatives", "l07", *names, *sizes, "--json", str(place)]
    assert exit_code(command) == 0
    records = json.loads(place.read_text())["records"][::3]
    assert [(r["derivative"], r["size"], r["axis"]) for r in records] == [
        ("directional", 1, "examples"),
        ("directional", 2, "examples"),
        ("hvp-inner", 3, "parameters"),
    ]
    assert "3 params" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["l07", "--only", "truncated"], "leave l07 out"),
        (["l07", "--steps", "16"], "leave l07 out"),
        (["--only", "hessians"], "per-example, jacobian-reverse"),
        (["--steps", "12"], "--steps must be a multiple of 8, which 12 is not"),
        (["l07", "--examples", "0"], "'--examples': 0 is not in the range"),
        (["l02"], "l02 has 3 examples, not 8; --examples 3 takes them all"),
        (["l99"], "did you mean l19?"),
    ],
)
def test_what_cannot_be_measured_is_told_before_anything_is(arguments, told, capsys):
    assert exit_code(["bench", "derivatives", *arguments]) == 2
    assert told in capsys.readouterr().err
