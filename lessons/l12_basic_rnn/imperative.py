"""A net with a state, PyTorch's way: the lecture's three programs.

The cell's loop adds up a loss for every letter and calls `backward` once, after the last: the graph
then reaches back through all states. The layers do the loop inside.
"""

from functools import partial

import torch
from torch import nn

from jaxdl.course import Twin
from lessons.l12_basic_rnn import LETTERS, Config

CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def token_ids(word):  # n letters -> (n,): "hello" -> 1 0 2 2 3
    return torch.tensor([LETTERS.index(letter) for letter in word])


def examples(config):
    """One example: the word and, for each of its letters, the letter that is wanted."""
    x, y = token_ids("hello"), token_ids("ohlol")
    if config.model == "embedding":
        return x.unsqueeze(0), y  # (batch 1, seq_len 5), (5,)
    return torch.eye(4)[x].view(-1, 1, 4), y  # one-hot: (seq_len 5, batch 1, features 4)


class Cell(nn.Module):
    """A cell, called once a letter. Its state is the answer, too: four numbers, four logits."""

    def __init__(self, unit):
        super().__init__()
        self.cell = CELLS[unit](4, 4)

    def forward(self, x):  # (seq_len, batch, 4) -> the same
        state, logits = None, []  # None: zeros
        for letter in x:  # (batch, 4)
            state = self.cell(letter, state)
            logits.append(state[0] if isinstance(state, tuple) else state)  # an LSTM's is (h, c)
        return torch.stack(logits)


class Recurrent(nn.Module):
    """The same as one layer: the loop is inside."""

    def __init__(self, unit):
        super().__init__()
        self.rnn = LAYERS[unit](4, 4)

    def forward(self, x):  # (seq_len, batch, 4) -> the same
        output, _ = self.rnn(x)
        return output


class Embedded(nn.Module):
    """A learned vector for each letter, two layers of states, and a linear layer that answers."""

    def __init__(self, unit):
        super().__init__()
        self.embedding = nn.Embedding(4, 10)
        self.rnn = LAYERS[unit](10, 8, num_layers=2, batch_first=True)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):  # (batch, seq_len) -> (batch, seq_len, 4)
        output, _ = self.rnn(self.embedding(x))
        return self.fc(output)


def Model(model="cell", unit="rnn"):
    return {"cell": Cell, "rnn": Recurrent, "embedding": Embedded}[model](unit)


def loss(model, batch):
    """Cross-entropy over the letters: the cell's loop adds them up, the layers take the mean."""
    x, y = batch
    logits = model(x).view(-1, 4)
    if not isinstance(model, Cell):
        return nn.functional.cross_entropy(logits, y)
    l = torch.tensor(0.0)
    for row, letter in zip(logits, y):
        l = l + nn.functional.cross_entropy(row, letter)
    return l


def step(model, optimizer, batch):
    """One step on the word: the loss before it."""
    optimizer.zero_grad()
    l = loss(model, batch)
    l.backward()
    optimizer.step()
    return l.item()


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model(config.model, config.unit).to(dtype)
    return model, torch.optim.Adam(model.parameters(), lr=config.learning_rate)


def train(config, data, dtype=torch.float32):
    """`config.epochs` steps, each on the whole word."""
    model, optimizer = build(config, dtype)
    history = {"loss": [[step(model, optimizer, data)] for _ in range(config.epochs)]}
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizer = build(config, dtype)
    return Twin(
        examples=partial(examples, config),
        model=model,
        loss=loss,
        train=partial(train, config, dtype=dtype),
        batches=lambda data: [data],
        step=partial(step, model, optimizer),
        optimizer=optimizer,
    )


def main(config=Config()):
    data = examples(config)
    model, history = train(config, data)
    for epoch, (value,) in enumerate(history["loss"]):
        print("progress:", epoch, value)
    logits = model(data[0]).view(-1, 4)
    print("answer:", "".join(LETTERS[i] for i in logits.argmax(dim=1)))


if __name__ == "__main__":
    main()
