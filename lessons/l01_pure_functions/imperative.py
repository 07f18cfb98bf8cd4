"""A network as an object: it is built once, keeps its parameters, and is changed where it stands.

The same net on the same four examples. The model holds the parameters, each parameter holds its
gradient, the optimizer holds the parameters too; a step returns a number and alters all three.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l01_pure_functions import Config


def examples(config):
    """Exclusive or: 1 where exactly one of the two inputs is 1."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, torch.tensor([[0.0], [1.0], [1.0], [0.0]])


class Model(nn.Module):
    """Two layers with a tanh between them; initial parameters from the global generator."""

    def __init__(self, hidden=4):
        super().__init__()
        self.hidden = nn.Linear(2, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, x):
        hidden = torch.tanh(self.hidden(x))
        return self.output(hidden)


def loss(model, batch):
    """Mean squared error: (1/n) Σ (ŷ - y)²."""
    x, y = batch
    return torch.mean((model(x) - y) ** 2)


def step(model, optimizer, batch):
    """One step of gradient descent, done to the model."""
    optimizer.zero_grad()
    l = loss(model, batch)
    l.backward()
    optimizer.step()  # w ← w - learning_rate · ∂loss/∂w
    return l.item()


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model(config.hidden).to(dtype)
    return model, torch.optim.SGD(model.parameters(), lr=config.learning_rate)


def train(config, data):
    """`config.epochs` steps, each on all four examples."""
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
    data = examples(config)
    model, history = train(config, data)
    for epoch in range(0, config.epochs, 100):
        print("epoch", epoch, "loss", history["loss"][epoch][0])
    for x, output in zip(data[0], model(data[0])):
        print("predict", x.tolist(), output.item())


if __name__ == "__main__":
    main()
