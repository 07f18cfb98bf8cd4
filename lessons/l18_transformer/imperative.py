"""A small GPT, PyTorch's way."""

import math
from functools import partial

import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, scaled_dot_product_attention
from torch.nn.utils import clip_grad_norm_, skip_init
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from jaxdl.course import Twin
from jaxdl.data import load
from lessons.l18_transformer import Config

LETTERS = 128  # ASCII


def examples(config):
    """Every piece of the text, and each of its letters' next: views, (n, context)."""
    split = load(config.data).train
    x, y = torch.from_numpy(split.x).long(), torch.from_numpy(split.y).long()
    return x.unfold(0, config.context, 1), y.unfold(0, config.context, 1)


def test_examples(config):
    """The end of the text, which no step sees, cut into pieces."""
    split = load(config.data).test
    whole = len(split) // config.context * config.context
    x, y = torch.from_numpy(split.x[:whole]).long(), torch.from_numpy(split.y[:whole]).long()
    return x.view(-1, config.context), y.view(-1, config.context)


class Attention(nn.Module):
    """Each letter looks at itself and at those before it, with several heads."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x):  # (n, length, width)
        heads = self.qkv(x).unflatten(-1, (3, self.heads, -1)).transpose(1, 3)
        query, key, value = heads.unbind(2)  # each (n, heads, length, size)
        context = scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(context.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """What attention and the two layers find is added to what comes in."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, bias=False)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(gelu(self.up(self.norm2(x))))


class Model(nn.Module):
    """Letters and places, the blocks, and the letters' own vectors to read the answer off."""

    def __init__(self, config=Config()):
        super().__init__()
        self.config = config
        self.letters = nn.Embedding(LETTERS, config.width)
        self.places = nn.Embedding(config.context, config.width)
        blocks = [Block(config.width, config.heads) for _ in range(config.layers)]
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(config.width, bias=False)
        self.head = skip_init(nn.Linear, config.width, LETTERS, bias=False)
        self.head.weight = self.letters.weight  # one tensor, two names
        for name, tensor in self.named_parameters():
            if tensor.ndim > 1:
                added = name.endswith(("out.weight", "down.weight"))  # so many summands
                nn.init.normal_(tensor, std=0.02 / math.sqrt(2 * config.layers) if added else 0.02)

    def forward(self, x):  # (n, length) -> (n, length, 128)
        x = self.letters(x) + self.places.weight[: x.shape[1]]
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False) if self.config.recompute else block(x)
        return self.head(self.norm(x))


def loss(model, batch):
    """Cross-entropy: the mean over all letters of the batch."""
    x, y = batch
    with torch.autocast(x.device.type, torch.bfloat16, enabled=model.config.bfloat16):
        logits = model(x)
    return cross_entropy(logits.view(-1, LETTERS), y.reshape(-1))


def step(model, optimizer, schedule, batch):
    """One step on the batch: the loss before it."""
    optimizer.zero_grad()
    total, parts = 0.0, model.config.accumulate
    for part in zip(*(column.chunk(parts) for column in batch), strict=True):
        l = loss(model, part) / parts
        l.backward()  # adds to the gradients of the parts before
        total += l.item()
    clip_grad_norm_(model.parameters(), model.config.clip)
    optimizer.step()
    schedule.step()
    return total


@torch.no_grad()
def score(model, test):
    """The loss of unread text, and the share of the next letters that are right."""
    x, y = test
    logits = torch.cat([model(chunk) for chunk in x.split(100)])
    losses = cross_entropy(logits.view(-1, LETTERS), y.reshape(-1))
    return (logits.argmax(dim=-1) == y).double().mean().item(), losses.item()


@torch.no_grad()
def write(model, start, count, temperature, generator=None):
    """Go on with a text: `count` letters after `start`; the context is read anew for each."""
    context = model.config.context
    written, codes = [], list(start.encode("ascii"))[-context:]
    for _ in range(count):
        last = model(torch.tensor([codes]))[0, -1]  # (128,): of the next letter
        if temperature:
            drawn = torch.multinomial((last / temperature).softmax(0), 1, generator=generator)
        else:
            drawn = last.argmax()
        if len(codes) == context:
            codes = codes[context - context // 2 :]  # the older half is forgotten
        codes.append(drawn.item())
        written.append(drawn.item())
    return bytes(written).decode("ascii")


def learning_rate(count, config):
    """Its share after `count` steps: up in a straight line, down along a cosine to a tenth."""
    if count < config.warmup:
        return (count + 1) / (config.warmup + 1)
    share = min((count - config.warmup) / max(config.decay - config.warmup, 1), 1)
    return 0.55 + 0.45 * math.cos(math.pi * share)


def build(config, dtype):
    """The same start for the same seed: the model, and what changes it."""
    torch.manual_seed(config.seed)
    model = Model(config).to(dtype)
    matrices = [tensor for tensor in model.parameters() if tensor.ndim > 1]
    scales = [tensor for tensor in model.parameters() if tensor.ndim == 1]
    groups = [{"params": matrices}, {"params": scales, "weight_decay": 0.0}]
    recipe = {"betas": (0.9, 0.99), "weight_decay": config.weight_decay}
    optimizer = torch.optim.AdamW(groups, lr=config.learning_rate, **recipe)
    schedule = partial(learning_rate, config=config)
    return model, optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)


def loader(config, data):
    """Each `for` over it is an epoch: other pieces, drawn with replacement."""
    pieces = TensorDataset(*data)
    sampler = RandomSampler(pieces, replacement=True, num_samples=config.pieces)
    return DataLoader(pieces, batch_size=config.batch_size, sampler=sampler)


def train(config, data, test=None, dtype=torch.float32):
    """`config.epochs` times `config.epoch_steps` steps: the model, and the history."""
    model, optimizer, schedule = build(config, dtype)
    batches = loader(config, data)
    history = {"loss": [], "test_accuracy": [], "test_loss": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizer, schedule, batch) for batch in batches])
        if test:
            accuracy, unread = score(model, test)
            history["test_accuracy"].append(accuracy)
            history["test_loss"].append(unread)
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
    model, history = train(config, examples(config), test_examples(config))
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses), history["test_loss"][epoch])
    print(write(model, "\n", 300, config.temperature))


if __name__ == "__main__":
    main()
