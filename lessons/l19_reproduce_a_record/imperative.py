"""airbench94 from its paper, PyTorch's way: modules that keep, optimizers that change them."""

from functools import partial

import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import Twin
from lessons.l19_reproduce_a_record import Config, pictures
from lessons.l19_reproduce_a_record.recipe import imperative as recipe


def inputs(images):  # (n, 32, 32, 3) of 0 to 255 -> (n, 3, 32, 32), mean about 0, deviation about 1
    x = torch.from_numpy(images).float().div(255)
    x = x.sub(torch.from_numpy(pictures.MEAN)).div(torch.from_numpy(pictures.STD))
    return x.permute(0, 3, 1, 2).contiguous()


def examples(config):  # -> x (n, 3, 32, 32), y (n,) of 0 to 9
    (images, y), _ = pictures.splits(config.data)
    return inputs(images), torch.from_numpy(y).long()


def test_examples(config):
    """Images that no step sees."""
    _, (images, y) = pictures.splits(config.data)
    return inputs(images), torch.from_numpy(y).long()


def whitening(images):
    """The principal directions of all 2 × 2 patches over their deviations, and their opposites."""
    second, count = torch.zeros(12, 12, dtype=torch.float64), 0
    for few in images[:5000].split(250):
        patches = nn.functional.unfold(few.double(), 2).transpose(1, 2).reshape(-1, 12)
        second, count = second + patches.T @ patches, count + len(patches)
    variances, directions = torch.linalg.eigh(second / count)  # the smallest first
    directions = (directions / (variances + 5e-4).sqrt()).flip(1).T  # one a row
    largest = directions.abs().argmax(dim=1, keepdim=True)
    directions = directions * directions.gather(1, largest).sign()  # which is then positive
    return torch.cat([directions, -directions]).view(24, 3, 2, 2)


class Whitening(nn.Module):
    """A convolution whose kernels come from the images and stay; only its bias learns."""

    weight: torch.Tensor

    def __init__(self, images):
        super().__init__()
        self.register_buffer("weight", whitening(images).float())
        self.bias = nn.Parameter(torch.zeros(24))

    def forward(self, x):  # (n, 3, 32, 32) -> (n, 24, 31, 31)
        return conv2d(x, self.weight, self.bias)


class BatchNorm(nn.BatchNorm2d):
    """Without a scale to be trained: what is 1 is a buffer."""

    def __init__(self, channels):
        super().__init__(channels, eps=1e-12, momentum=0.4)
        del self.weight
        self.register_buffer("weight", torch.ones(channels))

    def reset_parameters(self):
        self.reset_running_stats()
        nn.init.zeros_(self.bias)


class Block(nn.Module):
    """Two convolutions, each normalised, with a pooling behind the first."""

    def __init__(self, inputs, outputs, identity):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.pool = nn.MaxPool2d(2)
        self.norm1 = BatchNorm(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = BatchNorm(outputs)
        self.gelu = nn.GELU()
        if identity:
            for conv in (self.conv1, self.conv2):
                nn.init.dirac_(conv.weight.data[: conv.in_channels])

    def forward(self, x):  # (n, inputs, h, w) -> (n, outputs, h // 2, w // 2)
        x = self.gelu(self.norm1(self.pool(self.conv1(x))))
        return self.gelu(self.norm2(self.conv2(x)))


class Model(nn.Module):
    """A layer that whitens, three blocks, and a linear layer on what is left: one pixel."""

    def __init__(self, config, images):
        super().__init__()
        self.config = config
        self.whiten = Whitening(images) if config.whiten else nn.Conv2d(3, 24, 2)
        sizes = zip((24, *config.channels), config.channels, strict=False)
        self.blocks = nn.ModuleList([Block(*pair, config.identity) for pair in sizes])
        self.gelu, self.pool = nn.GELU(), nn.MaxPool2d(3)
        self.head = nn.Linear(config.channels[-1], 10, bias=False)

    def forward(self, x):  # (n, 3, 32, 32)
        dtype = x.dtype
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.config.bfloat16):
            x = self.gelu(self.whiten(x))  # -> (n, 24, 31, 31)
            for block in self.blocks:  # -> (n, ·, 15, 15) -> (n, ·, 7, 7) -> (n, ·, 3, 3)
                x = block(x)
            x = self.head(self.pool(x).flatten(1)) / 9  # -> (n, 10)
        return x.to(dtype)


def loss(model, batch):
    """Cross-entropy with smoothed labels: the mean over the batch."""
    x, y = batch
    return cross_entropy(model(x), y, label_smoothing=model.config.label_smoothing)


def step(model, optimizers, lookahead, batch):
    """One step on the batch: the loss before it."""
    model.train()  # the batch's own statistics; the model moves its own
    l = loss(model, batch)
    optimizers.zero_grad()
    l.backward()
    optimizers.step()
    if lookahead:
        lookahead.step()
    return l.item()


class Batches:
    """Each `for` over it is an epoch: new order, other windows, alternate mirror images."""

    def __init__(self, config, data):
        self.config, self.data, self.epoch = config, data, 0
        rows = TensorDataset(torch.arange(len(data[0])))
        self.rows = DataLoader(rows, config.batch_size, shuffle=True, drop_last=True)

    def __iter__(self):
        (x, y), config = self.data, self.config
        flips = pictures.mirrored(config, len(x), self.epoch)
        shifts = pictures.shifts(config, len(x), self.epoch)
        self.epoch += 1
        for (rows,) in self.rows:
            images = x[rows]
            if pictures.augments(config):
                images = recipe.augmented(images, flips[rows], shifts[rows], config.translate)
            yield images, y[rows]


@torch.no_grad()
def score(model, test, views):
    """The share of the test images that are right, each judged by so many views."""
    model.eval()  # the statistics that it has kept
    right = 0
    for x, y in zip(*(column.split(1000) for column in test), strict=True):
        right += (recipe.views(model, x, views).argmax(dim=1) == y).sum().item()
    return right / len(test[0])


def build(config, images, dtype):
    """The same start for the same seed: the model, and all that changes it."""
    torch.manual_seed(config.seed)
    model = Model(config, images).to(dtype)
    slow = recipe.Lookahead(model, config.schedule) if config.lookahead else None
    return model, recipe.Optimizers(model, config), slow


def train(config, data, test=None, dtype=torch.float32):
    """`config.epochs` times through the examples."""
    model, optimizers, lookahead = build(config, data[0], dtype)
    batches = Batches(config, data)
    history = {"loss": [], "test_accuracy": []}
    for _ in range(config.epochs):
        history["loss"].append([step(model, optimizers, lookahead, batch) for batch in batches])
        if test:
            history["test_accuracy"].append(score(model, test, 1))
    return model, history


def program(config, dtype):
    """A new start of this program, as compare and bench take it."""
    model, optimizers, slow = build(config, examples(config)[0], dtype)
    return Twin(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        model=model.eval(),
        loss=loss,
        train=partial(train, config, dtype=dtype),
        batches=partial(Batches, config),
        step=partial(step, model, optimizers, slow),
        optimizer=optimizers.sgd,
        scheduler=optimizers.schedules[0],
    )


def main(config=Config()):
    test = test_examples(config)
    model, history = train(config, examples(config), test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, sum(losses) / len(losses), history["test_accuracy"][epoch])
    print("in all views:", score(model, test, config.views))


if __name__ == "__main__":
    main()
