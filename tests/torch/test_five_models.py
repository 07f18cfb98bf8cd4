"""Five models that are nowhere else here: carried over by `convert`, the same over 50 steps."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx

from jaxdl import losses, nn, optim
from jaxdl.parity import compare
from tests.soak import whole_or

RANDOM = np.random.default_rng(0)
X64 = {"param_dtype": jnp.float64, "dtype": jnp.float64}


@pytest.fixture(autouse=True)
def _as_a_stranger_has_jax():
    with (
        jax.enable_x64(True),
        jax.numpy_rank_promotion("allow"),
        jax.numpy_dtype_promotion("standard"),
    ):
        yield


class Autoencoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.down = torch.nn.Conv2d(2, 6, 3, stride=2, padding=1)
        self.deep = torch.nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.up = torch.nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=(0, 1))
        self.out = torch.nn.ConvTranspose2d(6, 2, 4, stride=2, padding=1)

    def forward(self, x):
        h = torch.relu(self.deep(torch.relu(self.down(x))))
        return self.out(torch.relu(self.up(h)))


class AutoencoderPort(nnx.Module):
    def __init__(self, rngs):
        pad = [(1, 1), (1, 1)]
        self.down = nnx.Conv(2, 6, (3, 3), strides=2, padding=pad, rngs=rngs, **X64)
        self.deep = nnx.Conv(6, 8, (3, 3), strides=2, padding=pad, rngs=rngs, **X64)
        options = {"strides": 2, "padding": 1, "rngs": rngs, **X64}
        self.up = nn.ConvTranspose(8, 6, (3, 3), output_padding=(0, 1), **options)
        self.out = nn.ConvTranspose(6, 2, (4, 4), **options)

    def __call__(self, x):
        h = nnx.relu(self.deep(nnx.relu(self.down(x))))
        return self.out(nnx.relu(self.up(h)))


class Block(torch.nn.Module):
    def __init__(self, ins, outs, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(ins, outs, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outs)
        self.conv2 = torch.nn.Conv2d(outs, outs, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outs)
        self.short = torch.nn.Conv2d(ins, outs, 1, stride, bias=False)

    def forward(self, x):
        h = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(h + self.short(x))


class ResNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.blocks = torch.nn.Sequential(Block(4, 6, 2), Block(6, 8, 2))
        self.head = torch.nn.Linear(8, 5)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class BlockPort(nnx.Module):
    def __init__(self, ins, outs, stride, rngs):
        conv = {"padding": [(1, 1), (1, 1)], "use_bias": False, "rngs": rngs, **X64}
        self.conv1 = nnx.Conv(ins, outs, (3, 3), strides=stride, **conv)
        self.bn1 = nn.BatchNorm(outs, rngs=rngs, **X64)
        self.conv2 = nnx.Conv(outs, outs, (3, 3), **conv)
        self.bn2 = nn.BatchNorm(outs, rngs=rngs, **X64)
        self.short = nnx.Conv(
            ins, outs, (1, 1), strides=stride, padding="VALID", use_bias=False, rngs=rngs, **X64
        )

    def __call__(self, x):
        h = self.bn2(self.conv2(nnx.relu(self.bn1(self.conv1(x)))))
        return nnx.relu(h + self.short(x))


class ResNetPort(nnx.Module):
    def __init__(self, rngs):
        self.stem = nnx.Conv(3, 4, (3, 3), padding="SAME", rngs=rngs, **X64)
        self.blocks = nnx.List([BlockPort(4, 6, 2, rngs), BlockPort(6, 8, 2, rngs)])
        self.head = nnx.Linear(8, 5, rngs=rngs, **X64)

    def __call__(self, x):
        h = self.stem(x)
        for block in self.blocks:
            h = block(h)
        return self.head(h.mean((1, 2)))


class Tagger(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(13, 6, padding_idx=0)
        self.lstm = torch.nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.tags = torch.nn.Linear(10, 4)

    def forward(self, ids):
        return self.tags(self.lstm(self.words(ids))[0])


class TaggerPort(nnx.Module):
    def __init__(self, rngs):
        self.words = nn.Embedding(13, 6, padding_idx=0, rngs=rngs, **X64)
        options = {"batch_first": True, "rngs": rngs, **X64}
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, **options)
        self.tags = nnx.Linear(10, 4, rngs=rngs, **X64)

    def __call__(self, ids):
        return self.tags(self.lstm(self.words(ids))[0])


class Language(torch.nn.Module):
    """Masks of two kinds, and the embedding for a head."""

    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(11, 8)
        self.places = torch.nn.Parameter(torch.randn(7, 8) * 0.1)
        layer = torch.nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, batch_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = torch.nn.Linear(8, 11, bias=False)
        self.head.weight = self.words.weight

    def forward(self, ids):
        mask = torch.ones(7, 7, dtype=torch.bool).triu(1)
        h = self.words(ids) + self.places
        return self.head(self.layers(h, mask=mask, src_key_padding_mask=ids == 0))


class LanguagePort(nnx.Module):
    def __init__(self, rngs):
        self.words = nnx.Embed(11, 8, rngs=rngs, **X64)
        self.places = nnx.Param(jnp.zeros((7, 8)))
        options = {"dropout_rate": 0.0, "batch_first": True, "rngs": rngs, **X64}
        self.layers = nn.TransformerEncoder(2, 2, 8, 12, **options)

    def __call__(self, ids):
        hidden = ~jnp.tril(jnp.ones((7, 7), bool))  # as in PyTorch, True hides
        h = self.words(ids) + self.places[...]
        return self.words.attend(self.layers(h, hidden, ids == 0))


class Dilated(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.grouped = torch.nn.Conv1d(4, 8, 3, padding=2, dilation=2, groups=2)
        self.wide = torch.nn.Conv1d(8, 8, 4, padding=3, dilation=2, groups=8)
        self.norm = torch.nn.GroupNorm(2, 8)
        self.slope = torch.nn.PReLU(8)
        self.last = torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv1d(8, 3, 1))

    def forward(self, x):
        return self.last(self.slope(self.norm(self.wide(torch.relu(self.grouped(x))))))


class DilatedPort(nnx.Module):
    def __init__(self, rngs):
        options = {"kernel_dilation": 2, "rngs": rngs, **X64}
        self.grouped = nnx.Conv(4, 8, 3, padding=2, feature_group_count=2, **options)
        self.wide = nnx.Conv(8, 8, 4, padding=3, feature_group_count=8, **options)
        self.norm = nn.GroupNorm(8, 2, rngs=rngs, **X64)
        self.slope = nn.PReLU(8, param_dtype=jnp.float64)
        self.last = Normed(rngs)

    def __call__(self, x):
        h = self.wide(nnx.relu(self.grouped(x)))
        return self.last(self.slope(self.norm(h)))


class Normed(nnx.Module):
    """A layer of a kernel of length 1, as a port would write it."""

    def __init__(self, rngs):
        self.kernel_v = nnx.Param(jnp.zeros((1, 8, 3)))
        self.kernel_g = nnx.Param(jnp.zeros((1, 1, 3)))
        self.bias = nnx.Param(jnp.zeros(3))

    def __call__(self, x):
        return x @ nn.weight_norm(self.kernel_v[...], self.kernel_g[...])[0] + self.bias[...]


def images(*shape):
    x = RANDOM.normal(size=shape)
    return x, torch.from_numpy(x.transpose(0, 3, 1, 2))


def classified(port, x, theirs, y):
    """The cross-entropy of both, and the batches."""
    return {
        "batch": (x, y),
        "torch_batch": (theirs, torch.from_numpy(y)),
        "loss": lambda net, batch: losses.cross_entropy(
            net(batch[0]).reshape(-1, CLASSES[port]), batch[1].reshape(-1)
        ),
        "torch_loss": lambda net, batch: torch.nn.functional.cross_entropy(
            net(batch[0]).reshape(-1, CLASSES[port]), batch[1].reshape(-1)
        ),
    }


CLASSES = {ResNetPort: 5, TaggerPort: 4, LanguagePort: 11}


def batches(port):
    if port is AutoencoderPort:
        x, theirs = images(3, 9, 11, 2)
        return {
            "batch": (x,),
            "torch_batch": (theirs,),
            "apply": lambda net, x: net(x).transpose(0, 3, 1, 2),
            "loss": lambda net, batch: (net(batch[0]) ** 2).mean(),
            "torch_loss": lambda net, batch: (net(batch[0]) ** 2).mean(),
        }
    if port is DilatedPort:
        x = RANDOM.normal(size=(3, 10, 4))
        return {
            "batch": (x,),
            "torch_batch": (torch.from_numpy(x.transpose(0, 2, 1)),),
            "apply": lambda net, x: net(x).transpose(0, 2, 1),
            "loss": lambda net, batch: ((net(batch[0]) - 1) ** 2).mean(),
            "torch_loss": lambda net, batch: ((net(batch[0]) - 1) ** 2).mean(),
        }
    if port is ResNetPort:
        return classified(port, *images(6, 9, 7, 3), RANDOM.integers(0, 5, 6))
    numbers = 13 if port is TaggerPort else 11
    ids = RANDOM.integers(1, numbers, (4, 7))
    ids[0, 5:], ids[2, 3:] = 0, 0
    return classified(port, ids, torch.from_numpy(ids), RANDOM.integers(0, CLASSES[port], (4, 7)))


@pytest.mark.parametrize(
    ("model", "port", "optimizers"),
    [
        (Autoencoder, AutoencoderPort, ("Adam", optim.adam)),
        (ResNet, ResNetPort, ("SGD", optim.sgd)),
        (Tagger, TaggerPort, ("RMSprop", optim.rmsprop)),
        (Language, LanguagePort, ("AdamW", optim.adamw)),
        (Dilated, DilatedPort, ("Adagrad", optim.adagrad)),
    ],
)
def test_a_model(model, port, optimizers):
    torch.manual_seed(0)
    net = model().double().train()
    name, ours = optimizers
    found = compare(
        net,
        port(nnx.Rngs(0)),
        **batches(port),
        optimizer=ours(1e-2),
        torch_optimizer=getattr(torch.optim, name)(net.parameters(), lr=1e-2),
        steps=whole_or(20, 50),
    )
    assert found.precision == "float64"
    assert max(found.worst.values()) <= 1e-9, found.worst
