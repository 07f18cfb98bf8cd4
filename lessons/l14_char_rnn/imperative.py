"""A net that writes, PyTorch's way."""

from functools import partial

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l14_char_rnn import Config

LETTERS = 128  # ASCII


def pieces(split, length):  # -> x (n, length), y (n, length): the letters, each one's next letter
    whole = len(split) // length * length  # what is left over at the end is not read
    x, y = torch.from_numpy(split.x[:whole]).long(), torch.from_numpy(split.y[:whole]).long()
    return x.view(-1, length), y.view(-1, length)


def examples(config):
    return pieces(load(config.data).train, config.length)


def test_examples(config):
    """The end of the text, which no step sees."""
    return pieces(load(config.data).test, config.length)


class Model(nn.Module):
    """Embedding, three layers of GRU, and a linear layer after every letter."""

    def __init__(self, hidden=100):
        super().__init__()
        self.embedding = nn.Embedding(LETTERS, hidden)
        self.gru = nn.GRU(hidden, hidden, num_layers=3, batch_first=True)
        self.fc = nn.Linear(hidden, LETTERS)

    def read(self, x, state=None):
        """The logits of every next letter, and the state after the last one."""
        output, state = self.gru(self.embedding(x), state)
        return self.fc(output), state

    def forward(self, x):  # (n, length) -> (n, length, 128)
        return self.read(x)[0]


criterion = nn.CrossEntropyLoss()


def loss(model, batch):
    """Cross-entropy: the mean over all letters of the batch."""
    x, y = batch
    return criterion(model(x).view(-1, LETTERS), y.reshape(-1))


def step(model, optimizer, batch):
    """One step on the batch: the loss before it."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    return l.item()


def accuracy(model, test):
    """The share of the letters whose largest logit is the next letter's."""
    x, y = test
    with torch.no_grad():
        return (model(x).argmax(dim=-1) == y).double().mean().item()


@torch.no_grad()
def write(model, start, count, temperature, generator=None):
    """Go on with a text: `count` letters after `start`, drawn at that temperature."""
    logits, state = model.read(torch.tensor([list(start.encode("ascii"))]))
    codes = []
    for _ in range(count):
        last = logits[0, -1]  # (128,): of the next letter
        if temperature:
            drawn = torch.multinomial((last / temperature).softmax(0), 1, generator=generator)
        else:
            drawn = last.argmax().view(1)
        codes.append(drawn.item())
        logits, state = model.read(drawn.view(1, 1), state)
    return bytes(codes).decode("ascii")


def build(config, dtype):
    """The same start for the same seed: the model, and the optimizer that holds its parameters."""
    torch.manual_seed(config.seed)
    model = Model(config.hidden).to(dtype)
    return model, torch.optim.Adam(model.parameters(), lr=config.learning_rate)


def loader(config, data):
    """Each `for` over it is an epoch: new order, new batches."""
    return DataLoader(TensorDataset(*data), batch_size=config.batch_size, shuffle=True)


def train(config, data, test=None, dtype=torch.float32):
    """`config.epochs` times through the text's pieces, in a new order each time."""
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
    model, history = train(config, examples(config), test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses), history["test_accuracy"][epoch])
    print(write(model, "\n", 300, config.temperature))


if __name__ == "__main__":
    main()
