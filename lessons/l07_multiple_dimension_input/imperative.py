"""Many features at once, PyTorch's way: the model owns its layers, the optimizer owns the update.

The lecture's program, with the first layer as wide as the data and the activation to choose.
"""

from functools import partial

import torch
from torch import nn

from jaxdl import data as datasets
from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l07_multiple_dimension_input import Config

ACTIVATIONS = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
}


def examples(config):  # -> x (n, features), y (n, 1)
    split = load(config.data).train
    return torch.from_numpy(split.x), torch.from_numpy(split.y)


class Model(nn.Module):
    """features -> 6 -> 4 -> 1, an activation between them; what it gives is a logit."""

    def __init__(self, features=8, activation="sigmoid"):
        super().__init__()
        self.linear1 = nn.Linear(features, 6)
        self.linear2 = nn.Linear(6, 4)
        self.linear3 = nn.Linear(4, 1)
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        x = self.activation(self.linear1(x))  # (n, features) -> (n, 6)
        x = self.activation(self.linear2(x))  # -> (n, 4)
        return self.linear3(x)  # -> (n, 1), logits


criterion = nn.BCEWithLogitsLoss(reduction="mean")


def loss(model, batch):
    """The cross-entropy of ŷ = σ(z), its mean over the batch, computed from the logits z."""
    x, y = batch
    return criterion(model(x), y)


def step(model, optimizer, batch):
    """One step on the batch: the loss before it."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model(datasets.find(config.data).features[0], config.activation).to(dtype)
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
    x, y = examples(config)
    model, history = train(config, (x, y))
    for epoch, (value,) in enumerate(history["loss"]):
        print("progress:", epoch, value)
    right = (model(x) > 0) == (y > 0.5)  # σ(0) = 0.5
    print("accuracy:", right.float().mean().item())


if __name__ == "__main__":
    main()
