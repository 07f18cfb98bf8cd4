"""Hazards: each symptom is there in the wrong program, and not in the right one."""

import math

import pytest

from jaxdl.autograd.hazards import HAZARDS, as_json

SYMPTOM = {  # id -> (does it show in what was measured?)
    "side-effect": lambda m: m["written down"] < m["calls"],
    "key-reused": lambda m: m["correlation"] > 0.999,
    "state-dropped": lambda m: m["velocity"] == 0,
    "leaked-tracer": lambda m: "UnexpectedTracerError" in str(m["hidden"]),
    "stale-closure": lambda m: m["at scale 3"] == m["at scale 2"],
    "recompiled": lambda m: list(m.values()) == [2, 4, 4],
    "donated": lambda m: "deleted" in str(m["w"]),
    "nan-where": lambda m: math.isnan(m["gradient"]),
    "stop-lost": lambda m: m["gradient"] == 2,  # 2 (3w - t)(3 - 2) where it should be 6 (3w - t)
    "integer-input": lambda m: "TypeError" in str(m["gradient"]),
}
FUNCTIONAL = {hazard.id: hazard for hazard in HAZARDS if hazard.world == "functional"}


@pytest.mark.parametrize("id", FUNCTIONAL)
def test_the_symptom_is_in_the_wrong_program_alone(id):
    assert SYMPTOM[id](FUNCTIONAL[id].wrong())
    assert not SYMPTOM[id](FUNCTIONAL[id].right())


def test_each_is_told_in_both_languages_and_its_counterparts_exist():
    ids = {hazard.id: hazard for hazard in HAZARDS}
    assert len(ids) == len(HAZARDS) >= 16
    for hazard in HAZARDS:
        assert all(
            hazard.words[language][field]
            for language in ("en", "zh")
            for field in ("title", "symptom", "cause", "cure")
        )
        assert all(ids[id].world != hazard.world for id in hazard.other), hazard.id


def test_json_has_words_sources_and_what_was_measured():
    told = as_json(FUNCTIONAL["stop-lost"])
    assert "def stop_lost" in told["wrong"]["source"]
    assert (told["wrong"]["measured"], told["right"]["measured"]) == (
        {"gradient": 2.0},
        {"gradient": 6.0},
    )
