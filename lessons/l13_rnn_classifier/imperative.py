"""From which country is a surname? PyTorch's way: the lecture's program.

`pack_padded_sequence` takes the padding out of a batch before the GRU sees it. It wants the lengths
on the CPU, and sorts the names by them (`enforce_sorted=False`: itself, and back afterwards).
"""

from functools import partial

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, TensorDataset

from jaxdl import data as datasets
from jaxdl.course import Twin
from jaxdl.data import load
from jaxdl.data.strings import ascii_codes
from lessons.l13_rnn_classifier import Config


def inputs(names):  # n names -> (n, 20): the letters' ASCII codes, 0 where the name is over
    return torch.from_numpy(ascii_codes(names, 20)).long()


def examples(config):  # -> x (n, 20), y (n,): a number for each country, in alphabetical order
    split = load(config.data).train
    return inputs(split.x), torch.from_numpy(split.y).long()


def test_examples(config):
    """Names that no step sees; in the lecture's own split some of them stand in both parts."""
    split = load(config.data).test
    return inputs(split.x), torch.from_numpy(split.y).long()


class Model(nn.Module):
    """Embedding, layers of GRU in both directions, and a linear layer over the last states."""

    def __init__(self, classes=18, hidden=100, layers=2):
        super().__init__()
        self.embedding = nn.Embedding(128, hidden)
        self.gru = nn.GRU(hidden, hidden, num_layers=layers, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, classes)

    def forward(self, x):  # (n, width)
        lengths = (x > 0).sum(dim=1)
        letters = self.embedding(x.t())  # (width, n, hidden)
        packed = pack_padded_sequence(letters, lengths.cpu(), enforce_sorted=False)
        _, state = self.gru(packed)  # (2·layers, n, hidden): every layer, two directions
        return self.fc(torch.cat([state[-1], state[-2]], dim=1))  # -> (n, classes)


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
    """The share of the test names whose largest logit is their own country's."""
    # Each `for` over it draws a base seed, too, although it does not shuffle.
    loader = DataLoader(TensorDataset(*test), batch_size=1000)
    right = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
    return right / len(test[0])


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    classes = datasets.find(config.data).classes
    model = Model(classes, config.hidden, config.layers).to(dtype)
    return model, torch.optim.Adam(model.parameters(), lr=config.learning_rate)


def loader(config, data):
    """Each `for` over it is an epoch: new order, new batches."""
    return DataLoader(TensorDataset(*data), batch_size=config.batch_size, shuffle=True)


def train(config, data, test=None, dtype=torch.float32):
    """`config.epochs` times through the names, in a new order each time."""
    model, optimizer = build(config, dtype)
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
        train=partial(train, config, dtype=dtype),
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
