"""The tables of derivatives: what wins, what cannot be taken, when compiling is repaid."""

import json
from pathlib import Path

import pytest

from tools import derivatives

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "derivatives.json"


def record(way, milliseconds, **more):
    spread = dict.fromkeys(("median", "q1", "q3"), milliseconds / 1e3) | {"n": 5}
    labels = {"derivative": "hvp", "net": "l07", "axis": "examples", "size": 8, "way": way}
    return labels | {"call_s": spread, "first_s": 0.1, "memory_bytes": 2000} | more


def ways(imperative, func, jax, compile_s=1.0):
    compiled = {"first_s": compile_s + 0.1, "compile_s": compile_s, "trace_s": 0.0}
    return [
        record("imperative", imperative, memory_bytes=900),
        record("torch.func", func, first_s=0.2),
        record("jax", jax, **compiled),
    ]


def document(records):
    return {"nets": {"records": records}, "names": {"records": []}, "programs": {"records": []}}


def test_the_fastest_is_bold_and_compiling_is_repaid():
    rows = derivatives.times(document(ways(3, 2, 1)))
    # a first call of 0.9 s more, 1 ms gained in each further one
    assert rows[-1].startswith("| Hessian times a direction | l07 | 3 ms | 2 ms | **1 ms** | 1 s |")
    assert rows[-1].endswith("| 901 |")


def test_where_imperative_wins_it_says_so():
    found = document(ways(1, 2, 3))
    assert "| **1 ms** | 2 ms | 3 ms | 1 s | never |" in derivatives.times(found)[-1]
    assert derivatives.times(found, chinese=True)[-1].endswith("| 从不 |")
    assert "| **900 B** | 2 kB | 2 kB |" in derivatives.memory(found)[-1]
    assert derivatives.wins(found)[2:] == [
        "| imperative | 1 | 1 | 1 | 0 |",
        "| torch.func | 0 | 0 | 0 | 0 |",
        "| JAX | 0 | 0 | 0 | 0 |",
    ]


def test_what_cannot_be_taken_is_told_in_the_frameworks_words():
    records = ways(3, 2, 1)
    records[1] = {name: records[1][name] for name in ("derivative", "net", "axis", "size", "way")}
    records[1]["impossible"] = "RuntimeError: no storage"
    found = document(records)
    assert "| 3 ms | impossible | **1 ms** |" in derivatives.times(found)[-1]
    assert derivatives.impossible(found)[2:] == [
        "| torch.func | l07 | Hessian times a direction | `RuntimeError: no storage` |"
    ]


@pytest.mark.parametrize("chinese", [False, True])
def test_the_committed_result_has_a_row_for_each_derivative_of_each_net(chinese):
    found = json.loads(RESULT.read_text("utf-8"))
    nets, programs = 4 * (len(derivatives.NAMES) - 2), 2
    assert len(derivatives.times(found, chinese)) == 2 + nets + programs
    assert all(
        entry.get("impossible") or entry["error"] <= 1e-10
        for part in ("nets", "names", "sweep", "programs")
        for entry in found[part]["records"]
    )


def test_the_figure_shows_six_sweeps_of_four_sizes():
    axes = derivatives.figure(json.loads(RESULT.read_text("utf-8"))).axes
    assert [len(axis.get_xticks()) for axis in axes] == [4] * 6
