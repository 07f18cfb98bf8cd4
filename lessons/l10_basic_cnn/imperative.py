"""A convolutional net, PyTorch's way: the lecture's program. Images are NCHW, kernels OIHW."""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l10_basic_cnn import Config


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
    """The lecture's net."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.pooling = nn.MaxPool2d(2)
        self.fc = nn.Linear(320, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = torch.relu(self.pooling(self.conv1(x)))  # -> (n, 10, 24, 24) -> (n, 10, 12, 12)
        x = torch.relu(self.pooling(self.conv2(x)))  # -> (n, 20, 8, 8) -> (n, 20, 4, 4)
        return self.fc(x.view(len(x), -1))  # -> (n, 320) -> (n, 10)


class DeeperModel(nn.Module):
    """The homework: three convolutions, three poolings, three linear layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.pooling = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(288, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = torch.relu(self.pooling(self.conv1(x)))  # -> (n, 16, 14, 14)
        x = torch.relu(self.pooling(self.conv2(x)))  # -> (n, 32, 7, 7)
        x = torch.relu(self.pooling(self.conv3(x)))  # -> (n, 32, 3, 3): the last pixels fall off
        x = torch.relu(self.fc1(x.view(len(x), -1)))  # -> (n, 288) -> (n, 128)
        return self.fc3(torch.relu(self.fc2(x)))  # -> (n, 64) -> (n, 10)


MODELS = {"lecture": Model, "deeper": DeeperModel}
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
    model = MODELS[config.model]().to(dtype)
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
