"""A net from image to image with instance normalisation and resizing, and what goes wrong."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, mapped, zeros
from jaxdl.parity import rules


class Net(nn.Module):
    """Shrunk, normalised, enlarged by pixel shuffle and by interpolation, normalised in groups."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, padding_mode="reflect")
        self.norm = nn.InstanceNorm2d(8, affine=True)
        self.wide = nn.Conv2d(8, 16, (1, 3), padding=(0, 1))
        self.slope = nn.PReLU(4)
        self.group = nn.GroupNorm(2, 4)
        self.space = nn.Conv2d(16, 4, 1)
        self.out = nn.Conv2d(4, 3, 3)

    def forward(self, x: Any) -> Any:
        """(n, 3, 11, 14) -> (n, 3, 20, 26)."""
        h = F.interpolate(x, size=(8, 9), mode="bilinear")
        h = F.hardswish(self.norm(self.conv(h)))
        h = self.slope(F.pixel_shuffle(self.wide(h), 2))
        h = F.interpolate(h, size=(20, 22), mode="bicubic")
        h = F.interpolate(self.group(h), size=(24, 30), mode="bilinear", align_corners=True)
        h = self.space(F.pixel_unshuffle(h, 2))
        h = F.interpolate(h, scale_factor=2, mode="nearest")
        return self.out(F.pad(h, (0, 0, 0, 0))[:, :, 1:-1, 1:-1])


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean absolute error."""
    return F.l1_loss(net(batch[0]), batch[1])


MAP = mapped(
    conv=rules.CONV2D,
    norm=rules.INSTANCE_NORM,
    wide=rules.CONV2D,
    slope=rules.PRELU,
    group=rules.GROUP_NORM,
    space=rules.CONV2D,
    out=rules.CONV2D,
)
PARAMS = zeros(
    {
        "conv": {"kernel": (3, 3, 3, 8), "bias": (8,)},
        "norm": {"scale": (8,), "bias": (8,)},
        "wide": {"kernel": (1, 3, 8, 16), "bias": (16,)},
        "slope": {"negative_slope": (4,)},
        "group": {"scale": (4,), "bias": (4,)},
        "space": {"kernel": (1, 1, 16, 4), "bias": (4,)},
        "out": {"kernel": (3, 3, 4, 3), "bias": (3,)},
    }
)


def corners(x: Any, height: int, width: int) -> Any:
    """Linear interpolation between the centres of the corner pixels."""
    for axis, m in ((1, height), (2, width)):
        n = x.shape[axis]
        place = jnp.arange(m) * ((n - 1) / (m - 1))
        low = jnp.minimum(jnp.floor(place).astype(int), n - 2)
        part = (place - low).reshape((1,) * axis + (m,) + (1,) * (3 - axis))
        x = (1 - part) * jnp.take(x, low, axis) + part * jnp.take(x, low + 1, axis)
    return x


def cubic(x: Any, height: int, width: int, a: float = -0.75) -> Any:
    """Cubic interpolation as PyTorch's: beyond the border is the border's pixel."""

    def weight(t: Any) -> Any:
        t = jnp.abs(t)
        near = ((a + 2) * t - (a + 3)) * t * t + 1
        return jnp.where(t <= 1, near, jnp.where(t < 2, ((t - 5) * t + 8) * t * a - 4 * a, 0))

    for axis, m in ((1, height), (2, width)):
        n = x.shape[axis]
        place = (jnp.arange(m) + 0.5) * (n / m) - 0.5
        first = jnp.floor(place).astype(int)
        total = 0.0
        for k in (-1, 0, 1, 2):
            part = weight(place - first - k).reshape((1,) * axis + (m,) + (1,) * (3 - axis))
            total = total + part * jnp.take(x, jnp.clip(first + k, 0, n - 1), axis)
        x = total
    return x


def instance(p: Any, x: Any, fault: str) -> Any:
    """Each channel of each image by itself."""
    axes = {"N15": (1, 2, 3), "N13": (0, 1, 2)}.get(fault, (1, 2))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True, ddof=int(fault == "N12"))
    eps = 4e-4 if fault == "eps" else 1e-5
    if fault == "N16":
        y = (x - mean) / (var + eps)
    elif fault == "N11":
        y = (x - mean) / (jnp.sqrt(var) + eps)
    elif fault == "least":
        y = (x - mean) / jnp.sqrt(jnp.maximum(var, 0.4))
    else:
        y = (x - mean) * jax.lax.rsqrt(var + eps)
    return y * p["scale"] + (0 if fault == "B7n" else p["bias"])


def groups(p: Any, x: Any, fault: str) -> Any:
    """Two groups of neighbouring channels."""
    n, height, width = x.shape[:3]
    parts = x.reshape(n, height, width, 2, 2)
    axis = 3 if fault == "N-mix" else 4
    mean, var = parts.mean((1, 2, axis), keepdims=True), parts.var((1, 2, axis), keepdims=True)
    y = ((parts - mean) * jax.lax.rsqrt(var + 1e-5)).reshape(x.shape)
    return y * p["scale"] + p["bias"]


def shuffled(x: Any, fault: str = "") -> Any:
    """Four channels become four pixels."""
    n, height, width, c = x.shape
    if fault == "F2":  # (r, r, C), as TensorFlow's depth_to_space has them
        y = x.reshape(n, height, width, 2, 2, c // 4).transpose(0, 1, 3, 2, 4, 5)
    else:
        order = (0, 1, 5, 2, 4, 3) if fault == "F2t" else (0, 1, 4, 2, 5, 3)
        y = x.reshape(n, height, width, c // 4, 2, 2).transpose(order)
    return y.reshape(n, 2 * height, 2 * width, c // 4)


def unshuffled(x: Any, fault: str = "") -> Any:
    """Four pixels become four channels."""
    n, height, width, c = x.shape
    y = x.reshape(n, height // 2, 2, width // 2, 2, c)
    order = (0, 1, 3, 2, 4, 5) if fault == "F2u" else (0, 1, 3, 5, 2, 4)
    return y.transpose(order).reshape(n, height // 2, width // 2, 4 * c)


def apply(p: Any, x: Any, fault: str = "") -> Any:
    """The port, with one fault; "": none."""
    n = len(x)
    x = x.transpose(0, 2, 3, 1)
    h = jax.image.resize(x, (n, 8, 9, 3), "linear", antialias=fault == "I1")
    mode = {"pad": "edge", "C6": "wrap"}.get(fault, "reflect")
    h = conv(p["conv"], jnp.pad(h, ((0, 0), (1, 1), (1, 1), (0, 0)), mode=mode))
    h = instance(p["norm"], h, fault)
    h = h * jnp.clip(0.2 * h + 0.5, 0, 1) if fault == "X4" else h * jnp.clip(h / 6 + 0.5, 0, 1)
    wide = p["wide"]
    if fault == "C11":
        k = wide["kernel"]
        wide = wide | {"kernel": k.reshape(1, 3, 16, 8).swapaxes(2, 3)}
    h = shuffled(conv(wide, h, [(0, 0), (1, 1)]), fault)
    slope = 0.25 if fault == "X3" else p["slope"]["negative_slope"]
    h = jnp.where(h >= 0, h, slope * h)
    if fault == "I3":
        h = jax.image.resize(h, (n, 20, 22, 4), "cubic")
    else:
        h = cubic(h, 20, 22, -0.6 if fault == "I3a" else -0.75)
    h = groups(p["group"], h, fault)
    linear = fault == "I2"
    h = jax.image.resize(h, (n, 24, 30, 4), "linear") if linear else corners(h, 24, 30)
    h = conv(p["space"], unshuffled(h, fault))
    if fault == "I2n":
        h = jax.image.resize(h, (n, 24, 30, 4), "linear")
    else:
        h = h.repeat(2, 1).repeat(2, 2)
    out = p["out"]
    if fault == "C10":
        out = out | {"kernel": out["kernel"].transpose(1, 0, 2, 3)}
    return conv(out, h[:, 1:-1, 1:-1]).transpose(0, 3, 1, 2)


def loss(p: Any, batch: Any, fault: str = "") -> Any:
    """Of the port."""
    return jnp.abs(apply(p, batch[0], fault) - batch[1]).mean()


def pair(fault: str = "") -> dict[str, Any]:
    """The two programs, on 2 images of an odd size, one of them dark."""
    random = np.random.default_rng(3)
    x = random.normal(size=(2, 3, 11, 14)) * [[[[1.0]]], [[[0.02]]]]
    wanted = random.normal(size=(2, 3, 20, 26))
    return {
        "model": filled(Net()),
        "params": PARAMS,
        "batch": (x.astype("float32"), wanted.astype("float32")),
        "apply": partial(apply, fault=fault),
        "loss": partial(loss, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(name: str, fault: str, place: str, cause: str, source: str) -> Case:
    """A fault of this net."""
    return Case(name, "CNN image", partial(pair, fault), "forward", (place,), (cause,), source)


NORM, RESIZED = "instance_norm of norm", "interpolate"
CASES = [
    Case("", "CNN image", pair),
    planted("C6", "C6", "pad of conv", "circular, not reflect", "google/flax#2578"),
    planted("C6", "pad", "pad of conv", "replicate, not reflect", "google/flax#2578"),
    planted(
        "C10", "C10", "conv2d of out", "height and width are exchanged", "helper2424/resnet10#2"
    ),
    planted("C11", "C11", "conv2d of wide", "reshaped, not transposed", "jinyu121/DW2TF#5"),
    planted("F2", "F2", "pixel_shuffle", "(r, r, C), not (C", "tensorflow/tensorflow#53291"),
    planted(
        "F2", "F2t", "pixel_shuffle", "two small axes are exchanged", "tensorflow/tensorflow#53291"
    ),
    planted("F2", "F2u", "pixel_unshuffle", "(r, r, C), not (C", "microsoft/onnxscript#2891"),
    planted("N11", "N11", NORM, "added to the root", "EleutherAI/gpt-neox#1345"),
    planted("N11", "eps", NORM, "epsilon is 0.0004, not 1e-05", "EleutherAI/gpt-neox#1345"),
    planted("N11", "least", NORM, "epsilon is the least variance: 0.4", "EleutherAI/gpt-neox#1345"),
    planted("N12", "N12", NORM, "unbiased", "codertimo/BERT-pytorch#30"),
    planted("N13", "N13", NORM, "the batch's mean and variance", "patrick-kidger/equinox#471"),
    planted(
        "N15",
        "N15",
        NORM,
        "one mean and variance for all channels",
        "eriklindernoren/Keras-GAN#109",
    ),
    planted(
        "N15", "N-mix", "group_norm of group", "every k-th channel", "keras-team/keras-contrib#545"
    ),
    planted("N16", "N16", NORM, "divided by the variance", "danieltan07/tensorflow-cycle-gan#1"),
    planted("B7", "B7n", NORM, "bias is left out", "Mingchenchen/TorchX#1"),
    planted("X3", "X3", "prelu", "slope 0.25", "jinyu121/DW2TF#2"),
    planted("X4", "X4", "hardswish", "0.2", "PaddlePaddle/Paddle#44820"),
    planted("I1", "I1", RESIZED, "smoothed", "sayakpaul/cmmd-pytorch#4"),
    planted("I2", "I2", RESIZED, "grid is another", "google/flax#2214"),
    planted("I2", "I2n", RESIZED, "method is linear", "google/flax#2214"),
    planted("I3", "I3", RESIZED, "constant is -0.5", "jax-ml/jax#15768"),
    planted("I3", "I3a", RESIZED, "constant is -0.6", "jax-ml/jax#15768"),
]
