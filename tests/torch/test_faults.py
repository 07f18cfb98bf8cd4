"""The fault corpus: the committed score is that of this corpus; in the long form, every case."""

import json

import jax
import pytest

from benchmarks.faults.corpus import CASES
from benchmarks.faults.left_out import LEFT_OUT
from benchmarks.faults.score import RESULTS, scored, summary
from tests.soak import whole_or

FOUND = json.loads(RESULTS.read_text())
FEW = [CASES[number] for number in (0, 40, 200)]


@pytest.fixture(autouse=True)
def _as_a_stranger_has_jax():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


def test_the_committed_score_is_of_this_corpus():
    known = [(case.fault, case.net, case.stage) for case in CASES]
    assert [(c["fault"], c["net"], c["stage"]) for c in FOUND["cases"]] == known
    assert FOUND["score"] == summary(FOUND["cases"])
    assert not LEFT_OUT.keys() & {case.fault for case in CASES}


def test_the_score_is_what_is_asked():
    score = FOUND["score"]
    assert score["faults"] >= 100
    assert score["sound"] >= 100
    assert score["place_right"] >= 0.95 * score["planted"]
    assert score["cause_right"] >= 0.85 * score["planted"]
    assert score["false_alarms"] == 0


@pytest.mark.parametrize("case", whole_or(FEW, CASES), ids=lambda case: case.name)
def test_a_case(case):
    (known,) = [c for c, own in zip(FOUND["cases"], CASES, strict=True) if own is case]
    record = scored(case)
    for what in ("alarm", "place_right", "cause_right"):
        assert record[what] == known[what], record["found"]
