"""This lesson on the tape: imperative.py, on an engine that one can read (docs/tape.md)."""

from functools import partial
from itertools import repeat

from jaxdl import replay
from jaxdl.autograd.tape import Tensor, cat, no_grad
from jaxdl.course import Taped
from jaxdl.data import load


def examples(config, dtype):  # -> x (n, features), y (n, 1)
    split = load(config.data).train
    return Tensor(split.x.astype(dtype)), Tensor(split.y.astype(dtype))


def build(generator, features, dtype):
    """The parameters that PyTorch draws, by its names."""
    sizes = {"linear1": (features, 6), "linear2": (6, 4), "linear3": (4, 1)}
    layers = {name: replay.init.linear(generator, *size) for name, size in sizes.items()}
    return {
        f"{name}.{part}": Tensor(value.astype(dtype), requires_grad=True)
        for name, layer in layers.items()
        for part, value in layer.items()
    }


def linear(parameters, name, x):  # (n, in) @ (in, out) + (out,) -> (n, out)
    return x @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def loss(parameters, batch, activation):
    """The cross-entropy of ŷ = σ(z), its mean over the batch, computed from the logits z."""
    x, y = batch
    f = getattr(Tensor, activation)
    x = f(linear(parameters, "linear1", x))  # (n, features) -> (n, 6)
    x = f(linear(parameters, "linear2", x))  # -> (n, 4)
    z = linear(parameters, "linear3", x)  # -> (n, 1), logits
    logs = cat([z, 0 * z], dim=1).log_softmax(1)  # log σ(z) and log σ(-z), (n, 2)
    return -(y * logs[:, :1] + (1 - y) * logs[:, 1:]).mean()


def step(parameters, batch, learning_rate, activation):
    """One step on the batch: the loss before it."""
    l = loss(parameters, batch, activation)
    for w in parameters.values():
        w.grad = None
    l.backward()
    with no_grad():  # what torch.optim.SGD does
        for w in parameters.values():
            w -= learning_rate * w.grad
    return l.item()


def program(config, dtype):
    """A new start of this program, as `jaxdl.course.autograd` takes it; or None."""
    if not hasattr(Tensor, config.activation):
        return None
    batch = examples(config, dtype)
    parameters = build(replay.Generator(config.seed), batch[0].shape[1], dtype)
    chosen = {"activation": config.activation}
    return Taped(
        parameters=parameters,
        loss=partial(loss, parameters, **chosen),
        step=partial(step, parameters, learning_rate=config.learning_rate, **chosen),
        batches=repeat(batch),
    )
