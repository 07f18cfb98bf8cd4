"""From one sequence to another, PyTorch's way, with attention."""

from functools import partial

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import tasks
from jaxdl.data.strings import encode
from lessons.l16_attention import ALPHABETS, Config

TEST = 1_000  # questions that no step sees


def questions(config):
    """All questions, all answers: (n, width) token ids from 1 on, 0 where one is over."""
    alphabet = ALPHABETS[config.task]
    x, y = tasks.TASKS[config.task](config.seed, config.examples + TEST, config.longest)
    x = encode(x, alphabet, config.question)
    y = encode(y, alphabet, config.answer)
    return torch.from_numpy(x).long(), torch.from_numpy(y).long()


def examples(config):  # -> x (n, longest question), y (n, longest answer + 1)
    return tuple(column[:-TEST] for column in questions(config))


def test_examples(config):
    """Questions that no step sees."""
    return tuple(column[-TEST:] for column in questions(config))


class Model(nn.Module):
    """A GRU that reads, a GRU that writes, attention between them, and a linear layer."""

    def __init__(self, letters=11, hidden=100, answer=17):
        super().__init__()
        self.answer = answer  # letters to write
        self.encoder_embedding = nn.Embedding(letters, hidden)
        self.encoder = nn.GRU(hidden, hidden, batch_first=True)
        self.decoder_embedding = nn.Embedding(letters, hidden)
        self.decoder = nn.GRU(hidden, hidden, batch_first=True)
        self.attention = nn.Linear(hidden, hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, hidden)
        self.fc = nn.Linear(hidden, letters)

    def encode(self, x):  # (n, width) -> (n, width, hidden), (1, n, hidden)
        """The state after every letter, and the one after the last."""
        letters, lengths = self.encoder_embedding(x), (x > 0).sum(dim=1).cpu()
        packed = pack_padded_sequence(letters, lengths, batch_first=True, enforce_sorted=False)
        packed, state = self.encoder(packed)
        read, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        return read, state

    def decode(self, before, state, x, read):  # (n, answer): the letter before each one
        output, state = self.decoder(self.decoder_embedding(before), state)
        scores = self.attention(output) @ read.transpose(1, 2)  # hᵀ W s -> (n, answer, width)
        scores = scores.masked_fill((x == 0).unsqueeze(1), -torch.inf)  # padding is not looked at
        weights = scores.softmax(dim=-1)  # over the letters that were read: they sum to 1
        context = weights @ read  # (n, answer, hidden)
        output = torch.tanh(self.combine(torch.cat([context, output], dim=-1)))
        return self.fc(output), state, weights  # (n, answer, letters), (1, n, hidden)

    def forced(self, x, y):
        """The logits of every letter of the answer, the right ones before it being told."""
        before = nn.functional.pad(y[:, :-1], (1, 0))  # 0, then the answer without its end
        read, state = self.encode(x)
        return self.decode(before, state, x, read)[0]

    def forward(self, x):
        """The logits of every letter, each letter before it being the net's own."""
        read, state = self.encode(x)
        before, logits = torch.zeros_like(x[:, :1]), []
        for _ in range(self.answer):
            letter, state, _ = self.decode(before, state, x, read)  # (n, 1, letters)
            before = letter.argmax(dim=-1)
            logits.append(letter)
        return torch.cat(logits, dim=1)


def mask(y):
    """Which letters count: the answer's, and the first 0 behind it, but no padding."""
    return nn.functional.pad(y[:, :-1] > 0, (1, 0), value=True)


def loss(model, batch):
    """Cross-entropy: the mean over the letters that count."""
    x, y = batch
    counts = mask(y)
    return nn.functional.cross_entropy(model.forced(x, y)[counts], y[counts])


def step(model, optimizer, schedule, batch):
    """One step on the batch: the loss before it."""
    l = loss(model, batch)
    optimizer.zero_grad()
    l.backward()
    optimizer.step()
    schedule.step()  # after every step, not after every epoch
    return l.item()


def exact_match(model, test):
    """The share of the questions whose answer is right to the last letter, written unaided."""
    x, y = test
    with torch.no_grad():
        guess = model(x).argmax(dim=-1)
    return ((guess == y) | ~mask(y)).all(dim=1).double().mean().item()


def build(config, dtype):
    """The same start for the same seed: the model, and what changes it."""
    torch.manual_seed(config.seed)
    letters = len(ALPHABETS[config.task]) + 1
    model = Model(letters, config.hidden, config.answer).to(dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    return model, optimizer, torch.optim.lr_scheduler.ExponentialLR(optimizer, config.decay)


def loader(config, data):
    """Each `for` over it is an epoch: new order, new batches."""
    return DataLoader(TensorDataset(*data), batch_size=config.batch_size, shuffle=True)


def train(config, data, test=None, dtype=torch.float32):
    """`config.epochs` times through the questions, in a new order each time."""
    model, optimizer, schedule = build(config, dtype)
    batches = loader(config, data)
    history = {"loss": [], "test_accuracy": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizer, schedule, batch) for batch in batches])
        if test:
            history["test_accuracy"].append(exact_match(model, test))
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizer, schedule = build(config, dtype)
    return Twin(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        model=model,
        loss=loss,
        train=partial(train, config, dtype=dtype),
        batches=partial(loader, config),
        step=partial(step, model, optimizer, schedule),
        optimizer=optimizer,
        scheduler=schedule,
    )


def main(config=Config()):
    _, history = train(config, examples(config), test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
