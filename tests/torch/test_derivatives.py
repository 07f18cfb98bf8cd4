"""Derivatives in three ways: the same numbers, or it is told why one cannot be taken."""

import jax
import numpy as np
import pytest

from jaxdl.bench.derivatives import DERIVATIVES, NotEqual, Way
from jaxdl.bench.derivatives.timed import compared, measure, measure_small
from jaxdl.cli import exit_code
from jaxdl.course import find
from jaxdl.course.derivatives import net_of
from tests.soak import whole_or

QUICK = {"blocks": 2, "seconds": 0.0}
# PyTorch's own, when it loads its rules for dual numbers.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")


@pytest.mark.parametrize("name", whole_or(["l07"], ["l07", "l09", "l10", "l13"]))
def test_every_derivative_of_a_net_is_the_same_in_three_ways(name):
    with jax.enable_x64(True):
        records = list(measure(net_of(find(name), size=4), **QUICK))
    assert len(records) == 3 * (len(DERIVATIVES) - 2)
    for record in records:
        assert record.get("impossible") or (record["error"] < 1e-10 and record["call_s"]["n"] == 2)
    assert name == "l13" or not any("impossible" in record for record in records)


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


def test_a_derivative_of_no_net_and_an_unknown_one_are_refused(capsys):
    assert exit_code(["bench", "derivatives", "l07", "--only", "truncated"]) == 2
    assert "leave l07 out" in capsys.readouterr().err
    assert exit_code(["bench", "derivatives", "--only", "hessians"]) == 2
    assert "per-example, jacobian-reverse" in capsys.readouterr().err
