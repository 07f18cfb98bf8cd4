"""A lesson recorded in both worlds is the lesson: its losses, its parameters, its batches."""

import jax
import numpy as np
import pytest

from jaxdl.course import find
from jaxdl.course.autograd import functional_world, imperative_world, record_lesson
from jaxdl.course.start import Start, begin
from tests.soak import whole_or


@pytest.mark.parametrize("name", whole_or(["l08"], ["l08", "l04"]))
def test_a_recording_is_the_run(name):
    """Reading the graphs changes nothing: the losses are those of the twin that just trains."""
    lesson = find(name)
    config = lesson.lasting(lesson.config(), 1)
    recording = record_lesson(lesson, config, steps=3)
    twin = lesson.twin(config, "float32")
    _, history = twin.train(twin.examples())
    wanted = np.ravel(history["loss"])[:3]
    assert [step.loss["torch"] for step in recording.steps] == pytest.approx(wanted, rel=0, abs=0)
    assert [step.loss["jax"] for step in recording.steps] == pytest.approx(wanted, rel=1e-5)
    pair = lesson.parameter_map(config)
    for step in recording.steps:
        ours = {update.name: update for update in step.updates["jax"]}
        assert len(step.updates["torch"]) == len(ours) == len(pair.layers) * (1 + (name == "l08"))
        for world, graph in step.graphs.items():
            for update in step.updates[world]:
                np.testing.assert_array_equal(update.before, graph.parameters[update.name].value)
        assert len(step.ties) > len(ours)
    if name == "l04":
        for step in recording.steps:
            assert step.loss["tape"] == step.loss["torch"]
            assert [tie[2] != "named" for tie in step.tape_ties] == [True] * len(step.ties)
            ((ours,), (theirs,)) = (step.updates[world] for world in ("tape", "torch"))
            np.testing.assert_array_equal(ours.after, theirs.after)
            events = [
                [(event.what, np.ravel(event.after).tolist()) for event in step.events[world]]
                for world in ("tape", "torch")
            ]
            assert events[0] == events[1]
    slots = [event for event in recording.steps[0].events["torch"] if event.what == "grad"]
    assert {event.place.text.partition("  ")[0] for event in slots} >= {"l.backward()"}


def test_a_step_on_the_page_drops_what_the_run_drops():
    """Looking at a graph takes nothing from the generator, and moves no running statistics."""
    lesson = find("l17")
    config = lesson.lasting(lesson.config(), 1)
    twin = lesson.twin(config, "float32")
    _, history = twin.train(twin.examples())
    wanted = np.ravel(history["loss"])[:3]
    theirs, ours = (
        world(lesson, config, "float32") for world in (imperative_world, functional_world)
    )
    for loss, batch in zip(wanted, theirs.batches, strict=False):
        graph = theirs.graph(batch)
        assert graph[graph.output].value == pytest.approx(loss, rel=1e-6)
        assert theirs.step(batch)[0] == loss
    program = lesson.program(config)
    _, params, _ = begin(lesson, config, program, Start(like_torch=True))
    x, y, keep = next(iter(ours.batches))
    assert jax.jit(program.loss)(params, (x, y, keep)) == pytest.approx(wanted[0], rel=1e-5)
    assert 0.4 < np.mean(keep) < 0.6
