"""The doctor on some faults of recurrent nets and attention, and on sound ports."""

import jax
import pytest

from benchmarks.faults import attention, biases, cells, fused, rnn, sound_attention, sound_sequences
from jaxdl.parity import diagnose

MODULES = (rnn, cells, attention, biases, fused, sound_attention, sound_sequences)
CASES = {case.name: case for module in MODULES for case in module.CASES}
FAULTS = (
    "R12 GRU",
    "R1 GRU by hand",
    "A18 decoder",
    "A8 scaled_dot_product_attention",
    "A17 MultiheadAttention",
)


def diagnosis(case):
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        return diagnose(**case.pair())


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault(name):
    case, found = CASES[name], diagnosis(CASES[name])
    assert found.stage == case.stage
    assert any(place in found.place for place in case.place)
    assert any(cause in found.cause for cause in case.cause)
    assert found.certain


@pytest.mark.parametrize("name", ["joined sound lstm"])
def test_a_sound_port(name):
    assert diagnosis(CASES[name]).healthy
