"""The imperative hazards: each symptom is there in the wrong program, and not in the right one."""

import math

import pytest

from jaxdl.autograd.hazards import HAZARDS

SYMPTOM = {
    "accumulated": lambda m: m["second step's slot"] == 2 * m["gradient"],
    "in-place": lambda m: "modified by an inplace operation" in str(m["gradient"]),
    "data": lambda m: m["gradient"] == [0.0, 0.0],
    "losses-kept": lambda m: m["nodes kept alive"] > 3 * 10,
    "second-backward": lambda m: "a second time" in str(m["second backward"]),
    "detached": lambda m: m["first's gradient"] is None,
    "no-grad": lambda m: m["nodes kept alive"] > 0,
    "leaf-replaced": lambda m: m["gradient of the second step"] is None,
    "eval-forgotten": lambda m: m["one input, two outputs: apart by"] > 0,
    "where-nan": lambda m: math.isnan(m["gradient"]),
    "integer-leaf": lambda m: "RuntimeError" in str(m["gradient"]),
}
IMPERATIVE = {hazard.id: hazard for hazard in HAZARDS if hazard.world == "imperative"}


@pytest.mark.parametrize("id", IMPERATIVE)
def test_the_symptom_is_in_the_wrong_program_alone(id):
    assert SYMPTOM[id](IMPERATIVE[id].wrong())
    assert not SYMPTOM[id](IMPERATIVE[id].right())
