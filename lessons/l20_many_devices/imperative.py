"""Lesson 18's net on one device, PyTorch's way; `processes/imperative.py` shares it out."""

from functools import partial

import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention
from torch.nn.utils import skip_init
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l20_many_devices import Config

LETTERS = 128  # ASCII


def examples(config):
    """The text cut into pieces, and each letter's next one: as many as make whole batches."""
    split = load(config.data).train
    count = len(split) // config.context // config.batch_size * config.batch_size
    x, y = torch.from_numpy(split.x).long(), torch.from_numpy(split.y).long()
    return tuple(codes[: count * config.context].view(count, -1) for codes in (x, y))


class Block(nn.Module):
    """What attention and the two layers find is added to what comes in."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, bias=False)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm2 = nn.LayerNorm(width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def attention(self, x):  # (n, length, width)
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )  # each (n, heads, length, size)
        context = scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(context.transpose(1, 2).flatten(2))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    """Letters and places, the blocks, and the letters' own vectors to read the answer off."""

    def __init__(self, config=Config()):
        super().__init__()
        self.letters = nn.Embedding(LETTERS, config.width)
        self.places = nn.Embedding(config.context, config.width)
        blocks = [Block(config.width, config.heads) for _ in range(config.layers)]
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(config.width, bias=False)
        self.head = skip_init(nn.Linear, config.width, LETTERS, bias=False)
        self.head.weight = self.letters.weight  # one tensor, two names
        for tensor in self.parameters():
            if tensor.ndim > 1:
                nn.init.normal_(tensor, std=0.02)

    def forward(self, x):  # (n, length) -> (n, length, 128)
        x = self.letters(x) + self.places.weight[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def loss(model, batch):
    """Cross-entropy: the mean over all letters of the batch."""
    x, y = batch
    return cross_entropy(model(x).flatten(0, 1), y.flatten())


def step(model, optimizer, batch):
    """One step on the batch: the loss before it."""
    optimizer.zero_grad()
    l = loss(model, batch)
    l.backward()
    optimizer.step()
    return l.item()


def adamw(config, model):
    """What changes the model."""
    return torch.optim.AdamW(
        model.parameters(),
        lr=config.learning_rate,
        betas=(0.9, 0.99),
        weight_decay=config.weight_decay,
    )


def build(config, dtype):
    """The same start for the same seed: the model, and what changes it."""
    torch.manual_seed(config.seed)
    model = Model(config).to(dtype)
    return model, adamw(config, model)


def loader(config, data):
    """Each `for` over it is an epoch in another order."""
    return DataLoader(TensorDataset(*data), batch_size=config.batch_size, shuffle=True)


def train(config, data, dtype=torch.float32):
    """`config.epochs` times through the pieces: the model, and the history."""
    model, optimizer = build(config, dtype)
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
        train=partial(train, config, dtype=dtype),
        batches=partial(loader, config),
        step=partial(step, model, optimizer),
        optimizer=optimizer,
    )


def main(config=Config()):
    _, history = train(config, examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses))


if __name__ == "__main__":
    main()
