"""The course's nets on the tape: a hundred steps with the numbers of their twins."""

from itertools import chain, islice, repeat

import numpy as np
import pytest

from jaxdl.autograd.tape import Tensor
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
