"""The lessons on the tape: a hundred steps and the graph, with the twins' numbers."""

import importlib
from itertools import chain, islice, repeat

import numpy as np
import pytest

from jaxdl.autograd.from_tape import from_tape
from jaxdl.autograd.from_torch import from_torch
from jaxdl.autograd.tape import Tensor
from jaxdl.autograd.ties import tie
from jaxdl.course import find
from jaxdl.course.start import tensors_as
from jaxdl.parity import relative_error
from tests.soak import whole_or

STEPS = 100
LESSONS = ("l04", "l05", "l07", "l09", "l10")


def started(name):
    """The program on the tape, the twin, and the twin's batches without end."""
    lesson = find(name)
    config = lesson.config()
    twin = lesson.twin(config, "float64")
    data = tensors_as(twin.examples(), "float64")
    batches = chain.from_iterable(twin.batches(data) for _ in repeat(None))
    taped = importlib.import_module(f"{lesson.package}.taped").program(config, np.float64)
    return taped, twin, batches


@pytest.mark.parametrize("name", LESSONS)
def test_a_hundred_steps(name):
    """From its own start, on its own batches."""
    taped, twin, batches = started(name)
    steps = whole_or(40, STEPS) if name in ("l09", "l10") else STEPS  # in NumPy they take long
    ours = [taped.step(batch) for batch in islice(taped.batches, steps)]
    theirs = [twin.step(batch) for batch in islice(batches, steps)]
    assert theirs[-1] < theirs[0]
    assert relative_error(np.array(ours), np.array(theirs)) < 1e-10
    for name, w in twin.model.named_parameters():
        assert relative_error(taped.parameters[name].array, w.detach().numpy()) < 1e-10


@pytest.mark.parametrize("name", LESSONS)
def test_its_graph_has_all_that_pytorchs_has(name):
    taped, twin, batches = started(name)
    batch = next(iter(batches))
    x, y = (Tensor(column.numpy()) for column in batch)
    ours = from_tape(lambda: taped.loss((x, y)), taped.parameters | {"x": x, "y": y})
    theirs = from_torch(twin.loss, twin.model, batch)
    ties = tie(theirs, ours, tolerance=1e-10)
    assert {left for left, _, _ in ties} == {node.id for node in theirs.nodes}
    for left, right, _ in ties:
        expected = theirs[left].gradient
        assert (ours[right].gradient is None) == (expected is None)
        if expected is not None:
            assert relative_error(ours[right].gradient, expected) < 1e-10
    if name == "l09":  # PyTorch's nll keeps the sum of the classes' weights, too: one number
        assert theirs.saved_bytes() - ours.saved_bytes() == 8


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("l05", {"optimizer": "adam"}),
        ("l07", {"activation": "gelu"}),
        ("l10", {"model": "deeper"}),
    ],
)
def test_what_is_not_on_the_tape(name, other):
    lesson = find(name)
    taped = importlib.import_module(f"{lesson.package}.taped")
    assert taped.program(lesson.config(**other), np.float64) is None
