"""This lesson on the tape: imperative.py, on an engine that one can read (docs/tape.md)."""

from functools import partial
from itertools import repeat

import numpy as np

from jaxdl import replay
from jaxdl.autograd.tape import Tensor, no_grad
from jaxdl.course import Taped


def examples(dtype):  # -> x (3, 1), y (3, 1)
    x = np.array([[1.0], [2.0], [3.0]], dtype)
    return Tensor(x), Tensor(2 * x)


def build(generator, dtype):
    """The parameters that PyTorch draws, by its names."""
    layers = {"linear": replay.init.linear(generator, 1, 1)}
    return {
        f"{name}.{part}": Tensor(value.astype(dtype), requires_grad=True)
        for name, layer in layers.items()
        for part, value in layer.items()
    }


def loss(parameters, batch):
    """The squared errors of all examples, their sum."""
    x, y = batch
    y_pred = x @ parameters["linear.weight"].T + parameters["linear.bias"]
    return ((y_pred - y) ** 2).sum()


def step(parameters, batch, learning_rate):
    """One step on the batch: the loss before it."""
    l = loss(parameters, batch)
    for w in parameters.values():
        w.grad = None
    l.backward()
    with no_grad():  # what torch.optim.SGD does
        for w in parameters.values():
            w -= learning_rate * w.grad
    return l.item()


def program(config, dtype):
    """A new start of this program, as `jaxdl.course.autograd` takes it; None: another optimizer."""
    if config.optimizer != "sgd":
        return None
    parameters = build(replay.Generator(config.seed), dtype)
    return Taped(
        parameters=parameters,
        loss=partial(loss, parameters),
        step=partial(step, parameters, learning_rate=config.learning_rate),
        batches=repeat(examples(dtype)),
    )
