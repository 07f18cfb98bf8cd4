"""Logistic regression, PyTorch's way: a linear layer, torch.sigmoid, BCELoss.

The lecture's program: the last lesson's with a sigmoid around the line and another criterion.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l06_logistic_regression import Config


def examples(config):  # -> x (3, 1), y (3, 1)
    return torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[0.0], [0.0], [1.0]])


class Model(nn.Module):
    """ŷ = σ(xwᵀ + b)."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


criterion = nn.BCELoss(reduction="sum")


def loss(model, batch):
    """The cross-entropy of all examples, its sum."""
    x, y = batch
    return criterion(model(x), y)


def step(model, optimizer, batch):
    """Forward, forget, backward, update: the loss before the update."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model().to(dtype)
    return model, torch.optim.SGD(model.parameters(), lr=config.learning_rate)


def train(config, data):
    """`config.epochs` steps, each on all examples."""
    model, optimizer = build(config, data[0].dtype)
    history = {"loss": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizer, data)])
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizer = build(config, dtype)
    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=lambda data: [data],
        step=partial(step, model, optimizer),
        optimizer=optimizer,
    )


def main(config=Config()):
    model, history = train(config, examples(config))
    for epoch, (value,) in enumerate(history["loss"]):
        if epoch % 100 == 0:
            print("progress:", epoch, value)
    print("p(4 hours) =", model(torch.tensor([[4.0]])).item())
    print("w =", model.linear.weight.item())
    print("b =", model.linear.bias.item())


if __name__ == "__main__":
    main()
