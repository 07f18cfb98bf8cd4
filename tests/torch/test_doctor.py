"""The doctor on one port of a convolutional net: faults planted one at a time, and none."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from torch import nn

from jaxdl import optim
from jaxdl.parity import diagnose

RANDOM = np.random.default_rng(0)
BATCH = RANDOM.normal(size=(4, 3, 9, 8)).astype("float32"), RANDOM.integers(0, 5, 4)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(6, track_running_stats=False)
        self.deep = nn.Conv2d(6, 6, 3, padding=1)
        self.wide = nn.LayerNorm(24)
        self.head = nn.Linear(24, 5)

    def forward(self, x):
        h = nn.functional.gelu(self.norm(self.conv(x)))
        h = h + torch.relu(self.deep(h))
        h = nn.functional.avg_pool2d(h, 2)
        return self.head(self.wide(h.flatten(1)))


def model():
    torch.manual_seed(0)
    net = Net()
    with torch.no_grad():  # ones and zeros would hide faults
        for p in net.parameters():
            p += 0.1 * torch.randn_like(p)
    return net


PARAMS = {
    "conv": {"kernel": np.zeros((3, 3, 3, 6)), "bias": np.zeros(6)},
    "norm": {"scale": np.zeros(6), "bias": np.zeros(6)},
    "deep": {"kernel": np.zeros((3, 3, 6, 6)), "bias": np.zeros(6)},
    "wide": {"scale": np.zeros(24), "bias": np.zeros(24)},
    "head": {"kernel": np.zeros((24, 5)), "bias": np.zeros(5)},
}


def port(fault):
    """(apply, loss) of the port, with one fault; "": none."""

    def conv(p, x, stride, padding):
        layout = ("NHWC", "HWIO", "NHWC")
        y = jax.lax.conv_general_dilated(
            x, p["kernel"], (stride, stride), padding, dimension_numbers=layout
        )
        return y + p["bias"]

    def norm(p, x, axes, eps, ddof=0, outside=False):
        mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True, ddof=ddof)
        root = jnp.sqrt(var) + eps if outside else jnp.sqrt(var + eps)
        return (x - mean) / root * p["scale"] + p["bias"]

    def apply(params, x):
        x = x.transpose(0, 2, 3, 1)
        padding = "SAME" if fault == "same" else [(1, 1), (1, 1)]
        h = conv(params["conv"], x, 2, padding)
        h = norm(params["norm"], h, (0, 1, 2), 1e-3 if fault == "eps" else 1e-5)
        h = jax.nn.gelu(h, approximate=fault == "gelu")
        deep = jax.nn.relu(conv(params["deep"], h, 1, "SAME"))
        deep = jax.lax.stop_gradient(deep) if fault == "stop" else deep
        h = deep if fault == "residual" else h + deep
        n, height, width, c = h.shape
        h = h[:, : height // 2 * 2].reshape(n, height // 2, 2, width // 2, 2, c)
        h = h.max((2, 4)) if fault == "max" else h.mean((2, 4))
        h = h if fault == "flatten" else h.transpose(0, 3, 1, 2)
        h = h.reshape(n, -1)
        h = norm(params["wide"], h, (1,), 1e-5, int(fault == "ddof"), fault == "outside")
        h = h.astype(jnp.bfloat16).astype(h.dtype) if fault == "bfloat16" else h
        head = params["head"]
        return h @ head["kernel"] + (0 if fault == "bias" else head["bias"])

    def loss(params, batch):
        each = optax.softmax_cross_entropy_with_integer_labels(apply(params, batch[0]), batch[1])
        return each.sum() if fault == "sum" else each.mean()

    return apply, loss


def diagnosis(fault="", batch=BATCH, **options):
    apply, loss = port(fault)
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        return diagnose(
            model(),
            PARAMS,
            batch,
            apply=apply,
            loss=loss,
            torch_loss=lambda net, batch: nn.functional.cross_entropy(net(batch[0]), batch[1]),
            **options,
        )


@pytest.mark.parametrize(
    ("fault", "stage", "place", "cause"),
    [
        ("same", "forward", "conv2d of conv", "'SAME', whose odd pixel goes to the end"),
        ("eps", "forward", "batch_norm of norm", "epsilon is 0.001, not 1e-05"),
        ("gelu", "forward", "gelu", "approximate=True"),
        ("residual", "forward", "add", "add is left out"),
        ("max", "forward", "avg_pool2d", "the largest is taken, not the mean"),
        ("flatten", "forward", "flatten", "height, width, channels"),
        ("ddof", "forward", "layer_norm of wide", "unbiased"),
        ("outside", "forward", "layer_norm of wide", "epsilon is added to the root"),
        ("bfloat16", "forward", "linear of head", "rounded to bfloat16"),
        ("bias", "forward", "linear of head", "the bias is left out"),
        ("sum", "loss", "cross_entropy", "summed, not averaged"),
        ("stop", "gradient", "relu", "no gradient flows through relu"),
    ],
)
def test_a_planted_fault(fault, stage, place, cause):
    found = diagnosis(fault)
    assert (found.stage, found.place) == (stage, place)
    assert cause in found.cause
    assert found.certain
    assert found.cure
    assert stage == "gradient" or found.line.startswith("test_doctor.py:")


def test_a_sound_port():
    assert diagnosis().healthy


class Batch(NamedTuple):
    images: np.ndarray
    labels: np.ndarray


def test_a_batch_with_names():
    assert diagnosis("flatten", batch=Batch(*BATCH)).place == "flatten"


@pytest.mark.parametrize(
    ("optimizer", "cause"),
    [
        (optim.adam(0.01, weight_decay=0.1), ""),
        (optax.adamw(0.01, weight_decay=0.1), "decoupled (AdamW)"),
        (optim.adam(0.01), "weight decay is left out"),
        (optim.adam(0.01, weight_decay=0.1, eps=1e-6), "epsilon is 1e-06"),
        (optim.adam(0.02, weight_decay=0.1), "the learning rate is 0.02, not 0.01"),
    ],
)
def test_an_optimizer(optimizer, cause):
    net = model()
    theirs = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=0.1)
    apply, loss = port("")
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        found = diagnose(
            net,
            PARAMS,
            BATCH,
            apply=apply,
            loss=loss,
            torch_loss=lambda net, batch: nn.functional.cross_entropy(net(batch[0]), batch[1]),
            optimizer=optimizer,
            torch_optimizer=theirs,
        )
    assert found.healthy == (not cause)
    assert cause in found.cause
