"""Mini-batches, PyTorch's way: a Dataset answers for one example, a DataLoader makes the batches.

The lecture's program. Every epoch, `for batch in batches` asks the loader for a new iterator,
which shuffles the indices, cuts them into batches and stacks the examples of each.
"""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from jaxdl import data as datasets
from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l08_dataset_and_dataloader import Config


def examples(config):  # -> x (n, features), y (n, 1)
    split = load(config.data).train
    return torch.from_numpy(split.x), torch.from_numpy(split.y)


class Patients(Dataset):
    """Example i is the pair (x[i], y[i]); there are len(x) of them."""

    def __init__(self, x, y):
        self.x_data = x
        self.y_data = y

    def __getitem__(self, index):
        return self.x_data[index], self.y_data[index]

    def __len__(self):
        return len(self.x_data)


class Model(nn.Module):
    """features -> 6 -> 4 -> 1, a sigmoid between them; what it gives is a logit."""

    def __init__(self, features=8):
        super().__init__()
        self.linear1 = nn.Linear(features, 6)
        self.linear2 = nn.Linear(6, 4)
        self.linear3 = nn.Linear(4, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        x = self.sigmoid(self.linear1(x))  # (n, features) -> (n, 6)
        x = self.sigmoid(self.linear2(x))  # -> (n, 4)
        return self.linear3(x)  # -> (n, 1), logits


criterion = nn.BCEWithLogitsLoss(reduction="mean")


def loss(model, batch):
    """The cross-entropy of the batch, its mean: over fewer examples where the batch is smaller."""
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
    model = Model(datasets.find(config.data).features[0]).to(dtype)
    return model, torch.optim.SGD(model.parameters(), lr=config.learning_rate)


def loader(config, data):
    """Each `for` over it is an epoch: new order, new batches."""
    return DataLoader(
        dataset=Patients(*data), batch_size=config.batch_size, shuffle=True, num_workers=0
    )


def train(config, data):
    """`config.epochs` times through the examples, in a new order each time."""
    model, optimizer = build(config, data[0].dtype)
    batches = loader(config, data)
    history = {"loss": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizer, batch) for batch in batches])
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
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


def main(config=Config()):
    x, y = examples(config)
    model, history = train(config, (x, y))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses))
    right = (model(x) > 0) == (y > 0.5)  # logits: σ(0) = 0.5
    print("accuracy:", right.float().mean().item())


if __name__ == "__main__":
    main()
