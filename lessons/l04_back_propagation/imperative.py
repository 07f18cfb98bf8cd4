"""Back propagation as a deed: `backward()` walks the graph forward left behind, and fills `.grad`.

The notes' program. The model holds w, the loss holds the graph, w holds the gradient: forward
builds, backward adds, the update reads, `zero_()` forgets; the order of these lines is the program.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l04_back_propagation import Config


def examples(config):
    return torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])


class Line(nn.Module):
    """ŷ = wx."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0]))  # w starts at 1

    def forward(self, x):
        return x * self.w


class Parabola(nn.Module):
    """ŷ = w₁x² + w₂x + b."""

    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.tensor([1.0]))
        self.w2 = nn.Parameter(torch.tensor([1.0]))
        self.b = nn.Parameter(torch.tensor([1.0]))

    def forward(self, x):
        return self.w1 * x**2 + self.w2 * x + self.b


def Model(config):
    return Line() if config.model == "line" else Parabola()


def loss(model, example):
    """The squared error of one example: l = (ŷ - y)²."""
    x, y = example
    y_pred = model(x)
    return (y_pred - y) ** 2


def step(model, example, learning_rate):
    """Forward, backward, update, forget."""
    l = loss(model, example)  # builds the graph
    l.backward()  # walks it, fills every parameter's .grad, frees it
    gradients = [w.grad.item() for w in model.parameters()]
    for w in model.parameters():
        w.data = w.data - learning_rate * w.grad.data  # .data: the update is not part of a graph
        w.grad.data.zero_()  # or the next backward adds to this gradient
    return l.item(), gradients  # .item(): a number; the tensor would keep the graph alive


def train(config, data):
    """`config.epochs` times through the examples, one step an example."""
    torch.manual_seed(config.seed)
    x_data, y_data = data
    model = Model(config).to(x_data.dtype)
    history = {"loss": [], "gradient": []}
    for _ in range(config.epochs):
        steps = [step(model, example, config.learning_rate) for example in zip(x_data, y_data)]
        history["loss"].append([value for value, _ in steps])
        history["gradient"].append([gradients for _, gradients in steps])
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model = Model(config).to(dtype)
    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=lambda data: zip(*data),
        step=lambda example: step(model, example, config.learning_rate)[0],
        optimizer=torch.optim.SGD(model.parameters(), lr=config.learning_rate),  # the same update
    )


def main(config=Config()):
    data = examples(config)
    print("predict (before training)", 4, Model(config)(4.0).item())
    model, history = train(config, data)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, losses[-1])
    print("predict (after training)", 4, model(4.0).item())


if __name__ == "__main__":
    main()
