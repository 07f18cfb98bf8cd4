"""A lesson's programs with checkpoints: the same numbers, less kept, and what is run again."""

import numpy as np
import pytest

from jaxdl.course import find
from jaxdl.course.autograd import record_lesson
from tests.soak import whole_or


@pytest.mark.parametrize("name", whole_or(["l07"], ["l07", "l09", "l10"]))
def test_what_is_not_kept_is_computed_again(name):
    recording = record_lesson(find(name), steps=1)
    (plain,), (_, step) = recording.steps, recording.checkpointed
    told = recording.to_json()["checkpointed"]["steps"][0]
    assert step.loss["torch"] == plain.loss["torch"]
    assert step.loss["jax"] == pytest.approx(plain.loss["jax"], rel=1e-6)
    for ours, theirs in zip(step.updates["torch"], plain.updates["torch"], strict=True):
        np.testing.assert_array_equal(ours.after, theirs.after)
    for world in ("torch", "jax"):
        graph, without = step.graphs[world], plain.graphs[world]
        assert graph.saved_bytes() < without.saved_bytes()
        assert graph.again
        entries = [entry for entry in told["kept"][world] if not entry["parameter"]]
        kept = sum(entry["bytes"] for entry in entries if "again" not in entry)
        assert kept == graph.saved_bytes()
        again = [entry for entry in entries if "again" in entry]
        assert {entry["from"] for entry in again} <= set(graph.backward)
        if world == "torch":
            assert kept + sum(entry["bytes"] for entry in again) == without.saved_bytes()
        else:
            for first, second in graph.again.items():
                np.testing.assert_array_equal(graph[first].value, graph[second].value)
        assert all(node.parent is None for node in graph.forward())
