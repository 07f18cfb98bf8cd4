"""Back propagation on the tape: imperative.py, line for line, on an engine that one can read.

`jaxdl.autograd.tape` is that engine, 250 lines of NumPy.
"""

from functools import partial
from itertools import cycle

import numpy as np

from jaxdl.autograd.tape import Tensor
from jaxdl.course import Taped


def examples(config, dtype):
    return [(Tensor(dtype(x)), Tensor(dtype(y))) for x, y in zip([1, 2, 3], [2, 4, 6], strict=True)]


def loss(parameters, example):
    """The squared error of one example: l = (ŷ - y)²."""
    x, y = example
    if "w" in parameters:
        y_pred = x * parameters["w"]
    else:
        y_pred = parameters["w1"] * x**2 + parameters["w2"] * x + parameters["b"]
    return (y_pred - y) ** 2


def step(parameters, example, learning_rate):
    """Forward, backward, update, forget."""
    l = loss(parameters, example)  # builds the graph
    l.backward()  # walks it, fills every parameter's .grad, frees it
    for w in parameters.values():
        w.data = w.data - learning_rate * w.grad.data  # .data: the update is not part of a graph
        w.grad.data.zero_()  # or the next backward adds to this gradient
    return l.item()


def program(config, dtype):
    """A new start of this program, as `jaxdl.course.autograd` takes it."""
    names = ("w",) if config.model == "line" else ("w1", "w2", "b")
    parameters = {name: Tensor(np.ones(1, dtype), requires_grad=True) for name in names}
    return Taped(
        parameters=parameters,
        loss=partial(loss, parameters),
        step=partial(step, parameters, learning_rate=config.learning_rate),
        batches=cycle(examples(config, dtype)),
    )
