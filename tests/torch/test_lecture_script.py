"""`jaxdl run --like-torch` has the losses of the lecture's own scripts, test loop included.

They train, then test, in every epoch. The test loader does not shuffle, and draws a base seed from
the default generator all the same, so that every later epoch comes in another order than without.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, Dataset, TensorDataset

from jaxdl import data
from jaxdl.cli import exit_code
from jaxdl.course import find, lessons
from jaxdl.course.start import like_torch, tensors_as
from tests.soak import whole_or

EPOCHS = 3
SEEDS = whole_or([0], [0, -3, 2**40])
HIDDEN = max(whole_or([32], [32, 100]))  # of l13: 100 the lecture's, 32 what test_twins.py compiles


class SoftmaxNet(nn.Module):
    """The lecture's of l09."""

    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(784, 512)
        self.l2 = nn.Linear(512, 256)
        self.l3 = nn.Linear(256, 128)
        self.l4 = nn.Linear(128, 64)
        self.l5 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.view(-1, 784)
        x = F.relu(self.l1(x))
        x = F.relu(self.l2(x))
        x = F.relu(self.l3(x))
        x = F.relu(self.l4(x))
        return self.l5(x)


class ConvolutionalNet(nn.Module):
    """The lecture's of l10."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.pooling = nn.MaxPool2d(2)
        self.fc = nn.Linear(320, 10)

    def forward(self, x):
        batch_size = x.size(0)
        x = F.relu(self.pooling(self.conv1(x)))
        x = F.relu(self.pooling(self.conv2(x)))
        return self.fc(x.view(batch_size, -1))


class NormalisedNet(nn.Module):
    """A usual one with what l17 is about."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5, bias=False)
        self.bn1 = nn.BatchNorm2d(10)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5, bias=False)
        self.bn2 = nn.BatchNorm2d(20)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.bn1(self.conv1(x)), 2))
        x = F.relu(F.max_pool2d(self.bn2(self.conv2(x)), 2))
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc2(F.dropout(x, training=self.training))


def pictures(net, splits, seed, dtype, tests=True):
    """The script of l09, l10 and l17: all losses, and the test accuracy of every epoch."""

    def loader(split, shuffle):
        images = torch.from_numpy(split.x).float().div(255).sub(0.1307).div(0.3081).unsqueeze(1)
        dataset = TensorDataset(images.to(dtype), torch.from_numpy(split.y).long())
        return DataLoader(dataset, shuffle=shuffle, batch_size=64)

    train_loader, test_loader = loader(splits.train, True), loader(splits.test, False)
    torch.manual_seed(seed)
    model = net().to(dtype)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    losses, accuracies = [], []

    def train():
        model.train()
        for inputs, target in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    def test():
        correct, total = 0, 0
        model.eval()
        with torch.no_grad():
            for images, labels in test_loader:
                _, predicted = torch.max(model(images), dim=1)
                total += labels.size(0)
                correct += (predicted == labels).sum().item()
        accuracies.append(correct / total)

    for _ in range(EPOCHS):
        train()
        if tests:
            test()
    return losses, accuracies


class NameDataset(Dataset):
    """The lecture's of l13: a name, and the number of its country."""

    def __init__(self, split):
        self.names, self.countries = split.x.tolist(), split.y.tolist()

    def __getitem__(self, index):
        return self.names[index], self.countries[index]

    def __len__(self):
        return len(self.names)


class RNNClassifier(nn.Module):
    """The lecture's of l13."""

    def __init__(self, input_size, hidden_size, output_size, n_layers):
        super().__init__()
        self.hidden_size, self.n_layers = hidden_size, n_layers
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, n_layers, bidirectional=True)
        self.fc = nn.Linear(hidden_size * 2, output_size)

    def forward(self, input, seq_lengths):
        input = input.t()
        embedding = self.embedding(input)
        zeros = embedding.new_zeros(self.n_layers * 2, input.size(1), self.hidden_size)
        _, hidden = self.gru(pack_padded_sequence(embedding, seq_lengths), zeros)
        return self.fc(torch.cat([hidden[-1], hidden[-2]], dim=1))


def make_tensors(names, countries):
    """The lecture's of l13: the letters, longest name first, the lengths, the countries."""
    seq_lengths = torch.tensor([len(name) for name in names])
    seq_tensor = torch.zeros(len(names), int(seq_lengths.max())).long()
    for row, name in enumerate(names):
        seq_tensor[row, : len(name)] = torch.tensor([ord(letter) for letter in name])
    seq_lengths, perm_idx = seq_lengths.sort(dim=0, descending=True)
    return seq_tensor[perm_idx], seq_lengths, countries[perm_idx]


def names(splits, seed, dtype, hidden):
    """The script of l13: all losses, and the test accuracy of every epoch."""
    train_loader = DataLoader(NameDataset(splits.train), batch_size=256, shuffle=True)
    test_set = NameDataset(splits.test)
    test_loader = DataLoader(test_set, batch_size=256, shuffle=False)
    torch.manual_seed(seed)
    classifier = RNNClassifier(128, hidden, 18, 2).to(dtype)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.001)
    losses, accuracies = [], []
    for _ in range(EPOCHS):
        for batch in train_loader:
            inputs, seq_lengths, target = make_tensors(*batch)
            loss = criterion(classifier(inputs, seq_lengths), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        correct = 0
        with torch.no_grad():
            for batch in test_loader:
                inputs, seq_lengths, target = make_tensors(*batch)
                pred = classifier(inputs, seq_lengths).max(dim=1, keepdim=True)[1]
                correct += pred.eq(target.view_as(pred)).sum().item()
        accuracies.append(correct / len(test_set))
    return losses, accuracies


def script(name, data_name, seed, precision, **more):
    splits, dtype = data.load(data_name), getattr(torch, precision)
    if name == "l13":
        return names(splits, seed, dtype, HIDDEN)
    nets = {"l09": SoftmaxNet, "l10": ConvolutionalNet, "l17": NormalisedNet}
    return pictures(nets[name], splits, seed, dtype, **more)


def ours(path, name, data_name, seed, precision, *flags):
    arguments = ["--data", data_name, "--seed", str(seed), "--epochs", str(EPOCHS)]
    arguments += ["--precision", precision, "--like-torch", *flags, "--json", str(path / "f.json")]
    arguments += ["--hidden", str(HIDDEN)] if name == "l13" else []
    assert exit_code(["run", name, *arguments]) == 0
    history = json.loads((path / "f.json").read_text())["history"]
    return history["loss"], history["test_accuracy"]


RTOL = {"float64": 1e-10, "float32": 1e-5}
SHORT = [("l09", "float64"), ("l09", "float32"), ("l10", "float64"), ("l13", "float64")]
SHORT += [("l17", "float64")]  # in float32 it parts from itself (the chapter)
CASES = whole_or(SHORT, [*SHORT, ("l13", "float32")])  # test_plain_scripts.py has an epoch of it


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "precision"), CASES)
def test_all_losses_of_the_lectures_script(tmp_path, name, precision, seed):
    data_name = find(name).datasets[0]
    losses, accuracies = script(name, data_name, seed, precision)
    found, right = ours(tmp_path, name, data_name, seed, precision)
    assert len(found) == len(losses) == EPOCHS * (12 if name == "l13" else 23)
    np.testing.assert_allclose(found, losses, rtol=RTOL[precision], atol=0)
    np.testing.assert_allclose(right, accuracies, rtol=1e-6)  # counts of the same test set


def test_all_losses_of_a_script_that_only_trains(tmp_path):
    losses, _ = script("l09", "digits", 0, "float64", tests=False)
    found, _ = ours(tmp_path, "l09", "digits", 0, "float64", "--torch-script", "train")
    np.testing.assert_allclose(found, losses, rtol=1e-10, atol=0)
    tested, _ = script("l09", "digits", 0, "float64")
    np.testing.assert_allclose(tested[:23], losses[:23], rtol=1e-10)  # the first epoch
    assert abs(tested[23] - losses[23]) > 1e-6


# Of a lesson whose steps draw, too, the script above has both.
ORDERED = [lesson for lesson in lessons() if not lesson.dropouts]
DRAWS = [lesson.name for lesson in ORDERED if lesson.tests_each_epoch]
TESTED = [lesson.name for lesson in ORDERED if lesson.resumable]  # those after l13 draw nothing


@pytest.mark.parametrize("name", whole_or(DRAWS, TESTED))
def test_the_twin_that_tests_has_the_lessons_order(name):
    """What `like_torch` draws, stepped through by the twin, has the losses of its own training."""
    lesson = find(name)
    first = dict(next(iter(lesson.variants.values())))
    config = replace(lesson.config(), **first | {"epochs": 2, "batch_size": 16})
    twin = lesson.twin(config, "float64")
    few, test = (
        tuple(column[:n] for column in tensors_as(columns(), "float64"))
        for columns, n in ((twin.examples, 40), (twin.test_examples, 10))
    )
    _, order = like_torch(lesson, config, few, lesson.tests_each_epoch)
    assert order is not None
    stepped = [
        [twin.step(tuple(column[rows] for column in few)) for rows in np.split(epoch, [16, 32])]
        for epoch in order
    ]
    _, history = lesson.twin(config, "float64").train(few, test=test)
    np.testing.assert_allclose(history["loss"], stepped, rtol=1e-10, atol=0)
