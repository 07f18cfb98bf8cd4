"""A net with batch normalisation and dropout, PyTorch's way: the model keeps, the model draws."""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l17_state_and_randomness import HIDDEN, Config


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
    """Lesson 10's net, each convolution normalised, and a hidden layer of which some is dropped."""

    def __init__(self, dropout):
        super().__init__()
        # Without a bias: bn1 would take it off again, and has one of its own.
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5, bias=False)
        self.bn1 = nn.BatchNorm2d(10)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5, bias=False)
        self.bn2 = nn.BatchNorm2d(20)
        self.pooling = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(320, HIDDEN)
        self.dropout = nn.Dropout(dropout)
        self.fc2 = nn.Linear(HIDDEN, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = torch.relu(self.pooling(self.bn1(self.conv1(x))))  # -> (n, 10, 12, 12)
        x = torch.relu(self.pooling(self.bn2(self.conv2(x))))  # -> (n, 20, 4, 4)
        x = torch.relu(self.fc1(x.view(len(x), -1)))  # -> (n, 320) -> (n, 50)
        return self.fc2(self.dropout(x))  # -> (n, 10)


def loss(model, batch):
    """Cross-entropy, its mean over the batch, in the mode that the model is in."""
    x, y = batch
    return nn.functional.cross_entropy(model(x), y)


def step(model, optimizer, batch):
    """One step on the batch: the loss before it."""
    model.train()  # the batch's own statistics; the model moves its own, and draws what it drops
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
    model.eval()  # the statistics that it has kept, and nothing is dropped
    with torch.no_grad():
        for x, y in loader:
            guess = model(x).argmax(dim=1)  # along dimension 1: over the classes
            right += (guess == y).sum().item()
    return right / len(test[0])


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)  # of all that follows: weights, order, dropout
    model = Model(config.dropout).to(dtype)
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
        model=model.eval(),
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
