"""A linear model, fitted by trying: put a value into the model, ask for the loss, put in the next.

The lecture's program. The model has one w at a time, so the grid is walked in a Python loop, the
examples in a loop within; in the end the model must be told to take back the best w it has seen.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l02_linear_model import Config


def examples(config):
    return torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])


class Line(nn.Module):
    """ŷ = wx."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0]))  # a guess

    def forward(self, x):
        return x * self.w


class Affine(nn.Module):
    """ŷ = wx + b."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0]))
        self.b = nn.Parameter(torch.tensor([0.0]))

    def forward(self, x):
        return x * self.w + self.b


def Model(config):
    return Line() if config.model == "line" else Affine()


def loss(model, batch):
    """Mean squared error: MSE = (1/n) Σ (ŷ - y)², added up example by example."""
    x_data, y_data = batch
    l_sum = torch.zeros(1)
    for x, y in zip(x_data, y_data):
        y_pred = model(x)
        l_sum = l_sum + (y_pred - y) ** 2
    return l_sum / len(x_data)


def grid(config, dtype):
    """The values to try: w = 0, 0.1, 0.2, … and b = -2, -1.9, -1.8, …"""
    k, n = torch.arange(config.points, dtype=dtype), config.per_unit
    w, b = k / n, (k - 2 * n) / n
    return {"w": w} if config.model == "line" else {"w": w, "b": b}


@torch.no_grad()  # nobody will ask for a gradient: build no graph
def curve(model, axes, data):
    """The loss over w."""
    losses = []
    for w in axes["w"]:
        model.w.fill_(w)  # the model forgets the w before
        losses.append(loss(model, data).item())  # .item(): the number in the tensor
    return losses


@torch.no_grad()
def surface(model, axes, data):
    """The loss over (w, b), one row for each w."""
    rows = []
    for w in axes["w"]:
        row = []
        for b in axes["b"]:
            model.w.fill_(w)
            model.b.fill_(b)
            row.append(loss(model, data).item())
        rows.append(row)
    return rows


def train(config, data):
    """The exhaustive search: look at every point of the grid, keep the lowest."""
    torch.manual_seed(config.seed)
    model = Model(config).to(data[0].dtype)
    axes = grid(config, data[0].dtype)
    search = curve if config.model == "line" else surface
    losses = torch.tensor(search(model, axes, data), dtype=data[0].dtype)
    if config.points:
        best = torch.unravel_index(losses.argmin(), losses.shape)
        with torch.no_grad():  # the model still holds the last point of the grid
            for parameter, axis, i in zip(model.parameters(), axes.values(), best):
                parameter.fill_(axis[i])
    return model, {"loss": losses.tolist()}


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    return Twin(
        examples=partial(examples, config),
        model=Model(config).to(dtype),
        loss=loss,
        train=partial(train, config),
    )


def main(config=Config()):
    data = examples(config)
    model, history = train(config, data)
    for w, losses in zip(grid(config, torch.float32)["w"], history["loss"]):
        lowest = min(losses) if config.model == "affine" else losses
        print(f"w={w:.1f} MSE={lowest:.4f}")
    print("best:", " ".join(f"{name}={w.item():.1f}" for name, w in model.named_parameters()))


if __name__ == "__main__":
    main()
