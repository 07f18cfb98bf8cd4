"""The committed counts of what is kept for the way back are what is counted today."""

import json

import jax
import pytest

from benchmarks import saved
from jaxdl.course import find

COMMITTED = json.loads(saved.RESULT.read_text("utf-8"))


def kept(entry):
    """What depends on neither machine nor compiler: all but the two peaks."""
    alone = {
        "torch": ("peak",),
        "jax": ("memory",),
        "jax_scan": ("memory",),
        "jax_own": ("memory",),
    }
    return {
        name: {key: count for key, count in told.items() if key not in alone[name]}
        for name, told in entry.items()
        if name in alone
    }


@pytest.mark.parametrize("again", [False, True])
def test_a_stack(again):
    (committed,) = (
        entry for entry in COMMITTED["depth"] if (entry["depth"], entry["checkpoint"]) == (8, again)
    )
    with jax.numpy_rank_promotion("allow"):
        assert kept(saved.stack(8, again)) == kept(committed)


def test_a_lesson():
    (committed,) = (entry for entry in COMMITTED["nets"] if entry["net"] == "l05")
    (counted,) = saved.nets(find("l05"))
    assert kept(counted) == kept(committed)
    assert counted["examples"] == committed["examples"]
