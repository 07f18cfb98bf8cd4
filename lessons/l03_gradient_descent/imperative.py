"""Gradient descent: the model holds w, and every step changes the w that it holds.

The lecture's program. The slope is worked out on paper, so PyTorch keeps no record of the
computation here: what such a record is, and what it can do, is the next lesson.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l03_gradient_descent import Config


def examples(config):
    return torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])


class Model(nn.Module):
    """ŷ = wx."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0]))  # the lecture's guess

    def forward(self, x):
        return x * self.w


def loss(model, batch):
    """Mean squared error: l = (1/n) Σ (ŷ - y)²."""
    x, y = batch
    y_pred = model(x)
    return ((y_pred - y) ** 2).mean()


def gradient(model, batch):
    """Its slope, by hand: dl/dw = (1/n) Σ 2x(xw - y)."""
    x, y = batch
    return (2 * x * (x * model.w - y)).mean()


@torch.no_grad()  # the update changes w in place; it is not itself to be differentiated
def step(model, batch, learning_rate):
    """The loss of these examples, and w moved against its slope."""
    l = loss(model, batch)
    model.w -= learning_rate * gradient(model, batch)
    return l.item()  # .item(): a Python number


def batches(data, size):
    """The examples in their order, `size` at a time; the last batch has what is left."""
    x_data, y_data = data
    return zip(x_data.split(size), y_data.split(size))


def train(config, data):
    """`config.epochs` times through the examples, one step a batch."""
    torch.manual_seed(config.seed)
    model = Model().to(data[0].dtype)
    history = {"loss": [], "w": []}
    for _ in range(config.epochs):
        losses = []
        for batch in batches(data, config.batch_size):
            losses.append(step(model, batch, config.learning_rate))
        history["loss"].append(losses)
        history["w"].append(model.w.item())
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model = Model().to(dtype)
    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=partial(batches, size=config.batch_size),
        step=lambda batch: step(model, batch, config.learning_rate),
        optimizer=torch.optim.SGD(model.parameters(), lr=config.learning_rate),
    )


def main(config=Config()):
    data = examples(config)
    print("predict (before training)", 4, Model()(4.0).item())
    model, history = train(config, data)
    for epoch, (losses, now) in enumerate(zip(history["loss"], history["w"])):
        print(f"epoch: {epoch} w={now:.4f} loss={losses[-1]:.4f}")
    print(f"predict (after training) 4 {model(4.0).item():.3f}")


if __name__ == "__main__":
    main()
