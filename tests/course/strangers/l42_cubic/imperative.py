"""The cubic as an object."""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin


def examples(config):
    x = torch.arange(-20.0, 20.0)[:, None] / 16
    return torch.cat([x, x * x, x * x * x], dim=1), x * x * x - x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.powers = nn.Linear(3, 1)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.scale * self.powers(x)


def loss(model, batch):
    x, y = batch
    return nn.functional.mse_loss(model(x), y)


def step(model, optimizer, batch):
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def build(config, dtype):
    torch.manual_seed(config.seed)
    model = Model().to(dtype)
    return model, torch.optim.RMSprop(model.parameters(), lr=config.rate)


def loader(config, data):
    return DataLoader(TensorDataset(*data), batch_size=config.size, shuffle=True)


def train(config, data):
    model, optimizer = build(config, data[0].dtype)
    batches = loader(config, data)
    losses = [[step(model, optimizer, batch) for batch in batches] for _ in range(config.passes)]
    return model, {"loss": losses}


def program(config, dtype):
    model, optimizer = build(config, dtype)
    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=partial(loader, config),
        step=partial(step, model, optimizer),
        optimizer=optimizer,
    )
