"""This lesson on the tape: imperative.py, on an engine that one can read (docs/tape.md)."""

from functools import partial
from itertools import pairwise

import numpy as np

from jaxdl import replay
from jaxdl.autograd.tape import Tensor, no_grad
from jaxdl.course import Taped
from jaxdl.data import load


def examples(config):  # -> x (n, 1, 28, 28), y (n,) of 0 to 9
    split = load(config.data).train
    x = (split.x.astype(np.float32) / 255 - 0.1307) / 0.3081
    return x[:, None], split.y.astype(np.int64)


def batches(config, dtype, generator):
    """Epoch after epoch, in the order of DataLoader(shuffle=True)."""
    x, y = examples(config)
    while True:
        order = replay.dataloader_epoch(generator, len(x))
        for rows in replay.batches(order, config.batch_size):
            yield Tensor(x[rows].astype(dtype)), Tensor(y[rows])


def build(generator, dtype):
    """The parameters that PyTorch draws, by its names."""
    sizes = (784, 512, 256, 128, 64, 10)
    layers = {
        f"linear{i}": replay.init.linear(generator, *size)
        for i, size in enumerate(pairwise(sizes), 1)
    }
    return {
        f"{name}.{part}": Tensor(value.astype(dtype), requires_grad=True)
        for name, layer in layers.items()
        for part, value in layer.items()
    }


def linear(parameters, name, x):  # (n, in) @ (in, out) + (out,) -> (n, out)
    return x @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def loss(parameters, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch
    x = x.reshape(-1, 784)  # (n, 1, 28, 28) -> (n, 784)
    x = linear(parameters, "linear1", x).relu()
    x = linear(parameters, "linear2", x).relu()
    x = linear(parameters, "linear3", x).relu()
    x = linear(parameters, "linear4", x).relu()
    return linear(parameters, "linear5", x).cross_entropy(y)


def step(parameters, velocity, batch, learning_rate, momentum):
    """One step on the batch: the loss before it."""
    l = loss(parameters, batch)
    for w in parameters.values():
        w.grad = None
    l.backward()
    with no_grad():  # what torch.optim.SGD does
        for name, w in parameters.items():
            velocity[name] = momentum * velocity[name] + w.grad
            w -= learning_rate * velocity[name]
    return l.item()


def program(config, dtype):
    """A new start of this program, as `jaxdl.course.autograd` takes it."""
    generator = replay.Generator(config.seed)
    parameters = build(generator, dtype)
    velocity = dict.fromkeys(parameters, 0.0)
    rates = {"learning_rate": config.learning_rate, "momentum": config.momentum}
    return Taped(
        parameters=parameters,
        loss=partial(loss, parameters),
        step=partial(step, parameters, velocity, **rates),
        batches=batches(config, dtype, generator),
    )
