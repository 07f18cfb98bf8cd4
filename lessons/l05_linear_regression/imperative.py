"""Linear regression with torch.optim: the optimizer holds the weights, and changes them in place.

The lecture's program. The model owns its layer, the optimizer is given the model's parameters, and
`optimizer.step()` reads every `.grad`, keeps what it must remember, and moves every weight.
"""

from contextlib import contextmanager
from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l05_linear_regression import Config

OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "adam": torch.optim.Adam,
    "adamax": torch.optim.Adamax,
    "asgd": torch.optim.ASGD,
    "lbfgs": torch.optim.LBFGS,
    "rmsprop": torch.optim.RMSprop,
    "rprop": torch.optim.Rprop,
}


def examples(config):  # -> x (3, 1), y (3, 1)
    return torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[2.0], [4.0], [6.0]])


class Model(nn.Module):
    """ŷ = xwᵀ + b."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


criterion = nn.MSELoss(reduction="sum")


def loss(model, batch):
    """The squared errors of all examples, their sum."""
    x, y = batch
    return criterion(model(x), y)


def step(model, optimizer, batch):
    """Forward, forget, backward, update: the loss before the update."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def step_with_closure(model, optimizer, batch):
    """For L-BFGS, which asks for the loss and its gradient several times in one step."""

    def closure():
        l = loss(model, batch)
        optimizer.zero_grad()
        l.backward()
        return l

    return optimizer.step(closure).item()  # the first answer: the loss before the update


STEPS = {"lbfgs": step_with_closure}  # the others take `step`


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model().to(dtype)
    return model, OPTIMIZERS[config.optimizer](model.parameters(), lr=config.learning_rate)


def train(config, data):
    """`config.epochs` steps, each on all examples."""
    dtype = data[0].dtype
    model, optimizer = build(config, dtype)
    one_step = STEPS.get(config.optimizer, step)
    history = {"loss": []}
    with default_dtype(dtype):
        for _ in range(config.epochs):
            history["loss"].append([one_step(model, optimizer, data)])
    return model, history


@contextmanager
def default_dtype(dtype):
    """PyTorch's ASGD keeps its step size in the default dtype, whatever the parameters' own is."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizer = build(config, dtype)

    def one_step(batch):
        with default_dtype(dtype):
            return STEPS.get(config.optimizer, step)(model, optimizer, batch)

    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=lambda data: [data],
        step=one_step,
        optimizer=optimizer,
    )


def main(config=Config()):
    model, history = train(config, examples(config))
    for epoch, (value,) in enumerate(history["loss"]):
        if epoch % 100 == 0:
            print("progress:", epoch, value)
    print("w =", model.linear.weight.item())
    print("b =", model.linear.bias.item())
    print("f(4) =", model(torch.tensor([[4.0]])).item())


if __name__ == "__main__":
    main()
