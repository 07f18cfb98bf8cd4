"""Ten classes, PyTorch's way: the lecture's program.

`CrossEntropyLoss` takes the logits as they leave the last layer and does softmax, logarithm and the
choice of the right class itself; the optimizer keeps the velocity of every parameter in itself.
"""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l09_softmax_classifier import Config


def inputs(images):  # (n, 28, 28) of 0 to 255 -> (n, 1, 28, 28), mean about 0, deviation about 1
    x = torch.from_numpy(images).float().div(255)  # as transforms.ToTensor
    return x.sub(0.1307).div(0.3081).unsqueeze(1)  # as transforms.Normalize((0.1307,), (0.3081,))


def examples(config):  # -> x (n, 1, 28, 28), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), torch.from_numpy(split.y).long()


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), torch.from_numpy(split.y).long()


class Model(nn.Module):
    """784 -> 512 -> 256 -> 128 -> 64 -> 10, a ReLU between."""

    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(784, 512)
        self.linear2 = nn.Linear(512, 256)
        self.linear3 = nn.Linear(256, 128)
        self.linear4 = nn.Linear(128, 64)
        self.linear5 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.view(-1, 784)  # (n, 1, 28, 28) -> (n, 784)
        x = torch.relu(self.linear1(x))
        x = torch.relu(self.linear2(x))
        x = torch.relu(self.linear3(x))
        x = torch.relu(self.linear4(x))
        return self.linear5(x)  # -> (n, 10): the logits, one for each class


criterion = nn.CrossEntropyLoss()


def loss(model, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch
    return criterion(model(x), y)


def step(model, optimizer, batch):
    """One step on the batch: the loss before it."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def accuracy(model, test):
    """The share of the test images whose largest logit is their own class's."""
    # Each `for` over it draws a base seed, too, although it does not shuffle.
    loader = DataLoader(TensorDataset(*test), batch_size=1000)
    right = 0
    with torch.no_grad():
        for x, y in loader:
            guess = model(x).argmax(dim=1)  # along dimension 1: over the classes
            right += (guess == y).sum().item()
    return right / len(test[0])


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model().to(dtype)
    return model, torch.optim.SGD(
        model.parameters(), lr=config.learning_rate, momentum=config.momentum
    )


def loader(config, data):
    """Each `for` over it is an epoch: new order, new batches."""
    return DataLoader(TensorDataset(*data), batch_size=config.batch_size, shuffle=True)


def train(config, data, test=None):
    """`config.epochs` times through the examples, in a new order each time."""
    model, optimizer = build(config, data[0].dtype)
    batches = loader(config, data)
    history = {"loss": [], "test_accuracy": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizer, batch) for batch in batches])
        if test:
            history["test_accuracy"].append(accuracy(model, test))
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizer = build(config, dtype)
    return Twin(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        model=model,
        loss=loss,
        train=partial(train, config),
        batches=partial(loader, config),
        step=partial(step, model, optimizer),
        optimizer=optimizer,
    )


def main(config=Config()):
    _, history = train(config, examples(config), test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
