"""Branches and shortcuts, PyTorch's way: the lecture's two nets, and its homework."""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l11_advanced_cnn import LAYERS, Config, final_size, image_shape


def inputs(images):  # (n, 28, 28) or (n, 32, 32, 3) of 0 to 255 -> (n, channels, height, width)
    x = torch.from_numpy(images).float().div(255)  # as transforms.ToTensor
    x = x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x.unsqueeze(1)
    return x.sub(0.1307).div(0.3081)  # as transforms.Normalize((0.1307,), (0.3081,))


def examples(config):  # -> x (n, channels, height, width), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), torch.from_numpy(split.y).long()


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), torch.from_numpy(split.y).long()


class InceptionA(nn.Module):
    """Four branches over the same image, side by side in the channels: 16 + 24 + 24 + 24 = 88."""

    def __init__(self, in_channels):
        super().__init__()
        self.branch1x1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        self.branch5x5_1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        self.branch5x5_2 = nn.Conv2d(16, 24, kernel_size=5, padding=2)
        self.branch3x3_1 = nn.Conv2d(in_channels, 16, kernel_size=1)
        self.branch3x3_2 = nn.Conv2d(16, 24, kernel_size=3, padding=1)
        self.branch3x3_3 = nn.Conv2d(24, 24, kernel_size=3, padding=1)
        self.branchpool = nn.Conv2d(in_channels, 24, kernel_size=1)

    def forward(self, x):  # (n, in_channels, h, w) -> (n, 88, h, w)
        branch5x5 = self.branch5x5_2(self.branch5x5_1(x))
        branch3x3 = self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x)))
        pooled = nn.functional.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        outputs = [self.branch1x1(x), branch5x5, branch3x3, self.branchpool(pooled)]
        return torch.cat(outputs, dim=1)  # along dimension 1: the channels


class ResidualBlock(nn.Module):
    """relu(x + f(x)): what the two convolutions learn is the difference from doing nothing."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)

    def forward(self, x):  # (n, channels, h, w) -> the same
        return torch.relu(x + self.conv2(torch.relu(self.conv1(x))))


class DenseBlock(nn.Module):
    """Each convolution sees the input and what all before it have found, and adds 8 channels."""

    def __init__(self, channels):
        super().__init__()
        widths = [channels + 8 * i for i in LAYERS]
        self.convs = nn.ModuleList(nn.Conv2d(n, 8, kernel_size=3, padding=1) for n in widths)

    def forward(self, x):  # (n, channels, h, w) -> (n, channels + 32, h, w)
        for conv in self.convs:
            x = torch.cat([x, conv(torch.relu(x))], dim=1)
        return x


class Model(nn.Module):
    """GoogLeNet: two convolutions, an inception after each."""

    def __init__(self, shape=(1, 28, 28)):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 10, kernel_size=5)
        self.conv2 = nn.Conv2d(88, 20, kernel_size=5)
        self.incep1 = InceptionA(10)
        self.incep2 = InceptionA(20)
        self.pooling = nn.MaxPool2d(2)
        self.fc = nn.Linear(88 * final_size(shape[1]) ** 2, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = self.incep1(torch.relu(self.pooling(self.conv1(x))))  # -> (n, 88, 12, 12)
        x = self.incep2(torch.relu(self.pooling(self.conv2(x))))  # -> (n, 88, 4, 4)
        return self.fc(x.view(len(x), -1))  # -> (n, 1408) -> (n, 10)


class ResNet(nn.Module):
    """Two convolutions, a residual block after each."""

    def __init__(self, shape=(1, 28, 28)):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 16, kernel_size=5)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5)
        self.rblock1 = ResidualBlock(16)
        self.rblock2 = ResidualBlock(32)
        self.pooling = nn.MaxPool2d(2)
        self.fc = nn.Linear(32 * final_size(shape[1]) ** 2, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = self.rblock1(self.pooling(torch.relu(self.conv1(x))))  # -> (n, 16, 12, 12)
        x = self.rblock2(self.pooling(torch.relu(self.conv2(x))))  # -> (n, 32, 4, 4)
        return self.fc(x.view(len(x), -1))  # -> (n, 512) -> (n, 10)


class DenseNet(nn.Module):
    """Two convolutions, a dense block after each."""

    def __init__(self, shape=(1, 28, 28)):
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 16, kernel_size=5)
        self.conv2 = nn.Conv2d(48, 24, kernel_size=5)
        self.dense1 = DenseBlock(16)
        self.dense2 = DenseBlock(24)
        self.pooling = nn.MaxPool2d(2)
        self.fc = nn.Linear(56 * final_size(shape[1]) ** 2, 10)

    def forward(self, x):  # (n, 1, 28, 28)
        x = self.dense1(self.pooling(self.conv1(x)))  # -> (n, 48, 12, 12)
        x = self.dense2(self.pooling(self.conv2(torch.relu(x))))  # -> (n, 56, 4, 4)
        return self.fc(torch.relu(x).view(len(x), -1))  # -> (n, 896) -> (n, 10)


MODELS = {"googlenet": Model, "resnet": ResNet, "densenet": DenseNet}
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
    height, width, channels = image_shape(config)
    model = MODELS[config.model]((channels, height, width)).to(dtype)
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
