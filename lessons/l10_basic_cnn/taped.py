"""This lesson on the tape: imperative.py, on an engine that one can read (docs/tape.md)."""

from functools import partial

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
    layers = {
        "conv1": replay.init.conv2d(generator, 1, 10, 5),
        "conv2": replay.init.conv2d(generator, 10, 20, 5),
        "fc": replay.init.linear(generator, 320, 10),
    }
    return {
        f"{name}.{part}": Tensor(value.astype(dtype), requires_grad=True)
        for name, layer in layers.items()
        for part, value in layer.items()
    }


def layer(parameters, name):
    return parameters[f"{name}.weight"], parameters[f"{name}.bias"]


def loss(parameters, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch  # (n, 1, 28, 28), (n,)
    x = x.conv2d(*layer(parameters, "conv1")).max_pool2d(2).relu()  # -> (n, 10, 12, 12)
    x = x.conv2d(*layer(parameters, "conv2")).max_pool2d(2).relu()  # -> (n, 20, 4, 4)
    weight, bias = layer(parameters, "fc")
    return (x.reshape(-1, 320) @ weight.T + bias).cross_entropy(y)


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
    """A new start of this program, as `jaxdl.course.autograd` takes it; None: another net."""
    if config.model != "lecture":
        return None
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
