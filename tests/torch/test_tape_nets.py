"""The nets of the course on the tape: a hundred steps and the graph, with the twins' numbers."""

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
from tests.autograd.nets_on_tape import NETS, Line, leaf

STEPS = 100


def started(name):
    """The twin, its batches without end, and its first parameters as leaves of the tape."""
    lesson = find(name)
    config = lesson.config()
    twin = lesson.twin(config, "float64")
    data = tensors_as(twin.examples(), "float64")
    batches = chain.from_iterable(twin.batches(data) for _ in repeat(None))
    parameters = {name: leaf(w.detach().numpy()) for name, w in twin.model.named_parameters()}
    return config, twin, batches, parameters


def compared(step, twin, batches, parameters):
    """The largest relative errors of a hundred losses and of the parameters after them."""
    ours, theirs = [], []
    for batch in islice(batches, STEPS):
        ours.append(step(*(Tensor(column.numpy()) for column in batch)))
        theirs.append(twin.step(batch))
    assert len(theirs) == STEPS
    assert theirs[-1] < theirs[0]
    errors = [relative_error(np.array(ours), np.array(theirs))]
    for name, w in twin.model.named_parameters():
        errors.append(relative_error(parameters[name].array, w.detach().numpy()))
    return max(errors)


def test_l04():
    config, twin, batches, parameters = started("l04")
    net = Line(parameters["w"])
    step = lambda x, y: net.step(x, y, config.learning_rate)  # noqa: E731
    assert compared(step, twin, batches, parameters) < 1e-10


@pytest.mark.parametrize("name", NETS)
def test_a_net(name):
    config, twin, batches, parameters = started(name)
    net = NETS[name](parameters, config.learning_rate, getattr(config, "momentum", 0.0))
    assert compared(net.step, twin, batches, parameters) < 1e-10


@pytest.mark.parametrize("name", ["l04", *NETS])
def test_its_graph_has_all_that_pytorchs_has(name):
    _, twin, batches, parameters = started(name)
    batch = next(iter(batches))
    x, y = (Tensor(column.numpy()) for column in batch)
    net = Line(parameters["w"]) if name == "l04" else NETS[name](parameters, 0.1)
    ours = from_tape(lambda: net.loss(x, y), parameters | {"x": x, "y": y})
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
