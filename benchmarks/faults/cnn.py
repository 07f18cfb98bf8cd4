"""A classifier of images with batch normalisation, and what goes wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, flat, mapped, windows, zeros
from jaxdl.parity.rules import BATCH_NORM, CONV2D, LINEAR, SAME


class Net(nn.Module):
    """A strided convolution, a residual block with a layer scale, a gate, two poolings, a head."""

    def __init__(self, rate: float = 0.0) -> None:
        super().__init__()
        self.rate = rate
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8, momentum=0.2)
        self.conv1 = nn.Conv2d(8, 8, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, (3, 5), padding="same", bias=False)
        self.scale = nn.Parameter(nn.init.ones_(self.norm.weight.detach().clone()))
        self.gate = nn.Linear(8, 8)
        self.head = nn.Linear(32, 5)

    def forward(self, x: Any) -> Any:
        """Logits of a batch of images."""
        h = F.leaky_relu(self.norm(self.conv(x)), 0.1)
        b = F.relu(self.norm1(self.conv1(h)))
        b = self.conv2(F.dropout(b, self.rate, self.training))
        h = h + b * self.scale[:, None, None]
        h = h * F.hardsigmoid(self.gate(h.mean((2, 3))))[:, :, None, None]
        h = F.avg_pool2d(h, 3, 2, padding=1, count_include_pad=False)
        h = F.max_pool2d(h, 2, ceil_mode=True)
        return self.head(F.adaptive_avg_pool2d(h, 2).flatten(1))


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean cross-entropy."""
    return F.cross_entropy(net(batch[0]), batch[1])


MAP = mapped(
    True,
    conv=CONV2D,
    norm=BATCH_NORM,
    conv1=CONV2D,
    norm1=BATCH_NORM,
    conv2=CONV2D,
    scale=SAME,
    gate=LINEAR,
    head=LINEAR,
)
PARAMS = zeros(
    {
        "conv": {"kernel": (3, 3, 3, 8), "bias": (8,)},
        "norm": {"scale": (8,), "bias": (8,)},
        "conv1": {"kernel": (3, 3, 8, 8), "bias": (8,)},
        "norm1": {"scale": (8,), "bias": (8,)},
        "conv2": {"kernel": (3, 5, 8, 8)},
        "scale": (8,),
        "gate": {"kernel": (8, 8), "bias": (8,)},
        "head": {"kernel": (32, 5), "bias": (5,)},
    }
)
STATE = zeros({name: {"mean": (8,), "var": (8,)} for name in ("norm", "norm1")})


def batch_norm(
    p: Any, s: Any, x: Any, training: bool, momentum: float, fault: str = ""
) -> tuple[Any, Any]:
    """The normalised batch, and the next running statistics."""
    mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2), ddof=1 if fault == "N12" else 0)
    if fault == "N15":
        mean, var = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
    n = x[..., 0].size
    unbiased = x.var((0, 1, 2)) * (1 if fault == "N3" else n / (n - 1))
    share = 1 - momentum if fault in ("N1", "T65") else momentum
    after = {
        "mean": (1 - share) * s["mean"] + share * x.mean((0, 1, 2)),
        "var": (1 - share) * s["var"] + share * unbiased,
    }
    if fault == "N5":
        after = s
    if not training:
        after = s
        if fault != "N4":
            mean, var = s["mean"], s["var"]
        if fault == "N8":
            mean, var = var, mean
        if fault == "N5":
            mean, var = 0 * mean, 0 * var + 1
    y = x - mean
    if fault == "N11":
        y = y / (jnp.sqrt(var) + 1e-5)
    elif fault == "N16":
        y = y / (var + 1e-5)
    else:
        y = y / jnp.sqrt(var + (2.5e-3 if fault == "eps" else 1e-5))
    y = y if fault == "N7" else y * p["scale"]
    return y + p["bias"], after


def average(x: Any, fault: str = "") -> Any:
    """Windows of 3, every second, of which only what lies in the image counts."""
    around = [(1, 1), (1, 1)]
    total = windows(x, 3, 2, around, 0, jax.lax.add)
    return total / (9 if fault == "P1" else windows(jnp.ones_like(x), 3, 2, around, 0, jax.lax.add))


def adaptive(x: Any, size: int, fault: str = "") -> Any:
    """Means over windows from floor(i n/m) to ceil((i+1) n/m)."""
    for axis in (1, 2):
        n = x.shape[axis]
        ends = [(i + 1) * n // size if fault == "P4" else -(-(i + 1) * n // size) for i in (0, 1)]
        spans = [slice(i * n // size, end) for i, end in enumerate(ends)]
        x = jnp.stack([x[(slice(None),) * axis + (span,)].mean(axis) for span in spans], axis)
    return x


def apply(params: Any, state: Any, x: Any, training: bool = True, fault: str = "") -> Any:
    """The port, with one fault; "": none."""
    p = dict(params)
    if fault == "C11":
        p["conv1"] = p["conv1"] | {"kernel": p["conv1"]["kernel"].transpose(0, 1, 3, 2)}
    if fault == "C10k":
        p["conv"] = p["conv"] | {"kernel": p["conv"]["kernel"].transpose(1, 0, 2, 3)}
    if fault == "W7":
        kernel = p["conv1"]["kernel"]
        p["conv1"] = p["conv1"] | {"kernel": kernel.astype(jnp.bfloat16).astype(kernel.dtype)}
    if fault == "B7":
        p["conv1"] = {"kernel": p["conv1"]["kernel"]}
    if fault == "B7+":
        p["conv2"] = p["conv2"] | {"bias": jnp.asarray(np.linspace(-0.4, 0.7, 8))}
    h = x.transpose(0, 3, 2, 1) if fault == "C10" else x.transpose(0, 2, 3, 1)
    h = conv(p["conv"], h, "SAME" if fault == "C1" else 1, 2)
    if fault == "C10":
        h = h.transpose(0, 2, 1, 3)
    first = fault if fault in ("N1", "N3", "N5", "N7", "N11", "N16", "N15", "eps") else ""
    first = fault if fault in ("N4", "N8") and not training else first
    h, norm = batch_norm(p["norm"], state["norm"], h, training, 0.2, first)
    h = jax.nn.leaky_relu(h, 0.25 if fault == "X3" else 0.1)
    b = conv(p["conv1"], h, [(2, 0), (2, 0)] if fault == "C2" else 1)
    second = {"T65": "T65", "N12": "N12", "N9": "N5"}.get(fault, "")
    b, norm1 = batch_norm(p["norm1"], state["norm1"], b, training, 0.1, second)
    b = jax.nn.relu(b)
    b = conv(p["conv2"], h if fault == "B3" else b, "SAME")
    h = h + b * (1 if fault == "B2" else p["scale"])
    s = h.mean((1, 2)) @ p["gate"]["kernel"] + p["gate"]["bias"]
    s = jnp.clip(0.2 * s + 0.5, 0, 1) if fault == "X4" else jnp.clip(s / 6 + 0.5, 0, 1)
    h = average(h * s[:, None, None], fault)
    last = [(0, 0), (0, 0)] if fault == "P3" else [(0, n % 2) for n in h.shape[1:3]]
    h = adaptive(windows(h, 2, 2, last, -jnp.inf, jax.lax.max), 2, fault)
    h = h.reshape(len(h), -1) if fault == "F1" else flat(h)
    return h @ p["head"]["kernel"] + p["head"]["bias"], {"norm": norm, "norm1": norm1}


def loss(params: Any, state: Any, batch: Any, training: bool = True, fault: str = "") -> Any:
    """Of the port; and the next state."""
    if fault == "T69":  # the step builds the net anew: on a batch that is none
        made = jnp.asarray(np.random.default_rng(7).normal(size=(2, 3, 22, 18)))
        _, state = apply(params, state, made, training)
    logits, state = apply(params, state, batch[0], training, fault)
    return optax.softmax_cross_entropy_with_integer_labels(logits, batch[1]).mean(), state


def pair(fault: str = "", training: bool = True, rate: float = 0.0) -> dict[str, Any]:
    """The two programs, on a batch of 4 images of an even size."""
    random = np.random.default_rng(0)
    return {
        "model": filled(Net(rate)).train(training),
        "params": PARAMS,
        "state": STATE,
        "batch": (random.normal(size=(4, 3, 22, 18)).astype("float32"), random.integers(0, 5, 4)),
        "apply": partial(apply, training=training, fault=fault),
        "loss": partial(loss, training=training, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(fault: str, place: str, cause: str, source: str, stage: str = "forward") -> Case:
    """A fault in training."""
    return Case(fault.rstrip("k+"), "CNN", partial(pair, fault), stage, (place,), (cause,), source)


def in_evaluation(fault: str, place: str, cause: str, source: str) -> Case:
    """A fault in evaluation."""
    given = partial(pair, fault, training=False, rate=0.4)
    return Case(fault, "CNN, eval", given, "forward", (place,), (cause,), source)


HW = "height and width are exchanged"
CASES = [
    Case("", "CNN", pair),
    Case("", "CNN, eval", partial(pair, training=False, rate=0.4)),
    planted(
        "C1", "conv2d of conv", "'SAME', whose odd pixel goes to the end", "keras-team/keras#16363"
    ),
    planted("C2", "conv2d of conv1", "padding", "lukemelas/EfficientNet-PyTorch#235"),
    planted("C10", "conv2d of conv", HW, "helper2424/resnet10#2"),
    planted("C10k", "conv2d of conv", HW, "helper2424/resnet10#2"),
    planted(
        "C11", "conv2d of conv1", "input and output channels are exchanged", "jinyu121/DW2TF#5"
    ),
    planted("F1", "flatten", "height, width, channels", "microsoft/MMdnn#250"),
    planted("P1", "avg_pool2d", "padding is counted in the mean", "google/flax#2401"),
    planted("P3", "max_pool2d", "last window is left out", "hassony2/kinetics_i3d_pytorch#4"),
    planted("P4", "adaptive_avg_pool2d", "end at floor", "flagos-ai/FlagGems#4915"),
    planted(
        "N1", "norm.running_mean", "share that is kept", "huggingface/transformers#19454", "buffer"
    ),
    planted("N3", "norm.running_var", "biased variance", "pytorch/pytorch#19916", "buffer"),
    planted("N5", "norm.running_mean", "not written back", "paiml/aprender#2166", "buffer"),
    planted("N7", "batch_norm of norm", "scale is left out", "apache/mxnet#15717"),
    planted(
        "N9",
        "norm1.running_mean",
        "not written back",
        "mlcommons/algorithmic-efficiency#798",
        "buffer",
    ),
    planted("N11", "batch_norm of norm", "added to the root", "EleutherAI/gpt-neox#1345"),
    planted("N12", "batch_norm of norm1", "unbiased", "codertimo/BERT-pytorch#30"),
    planted(
        "N15",
        "batch_norm of norm",
        "each example is normalised by itself",
        "eriklindernoren/Keras-GAN#109",
    ),
    planted(
        "N16", "batch_norm of norm", "divided by the variance", "danieltan07/tensorflow-cycle-gan#1"
    ),
    planted("X3", "leaky_relu", "slope 0.25", "jinyu121/DW2TF#2"),
    planted("X4", "hardsigmoid", "0.2", "PaddlePaddle/Paddle#44820"),
    planted("B2", "mul", "left out", "riccardomusmeci/mlx-image#26"),
    planted(
        "B7",
        "norm1.running_mean",
        "conv2d of conv1: the bias is left out",
        "Mingchenchen/TorchX#1",
        "buffer",
    ),
    planted("B7+", "conv2d of conv2", "added to each channel", "Mingchenchen/TorchX#1"),
    planted(
        "W7",
        "conv2d of conv1",
        "weight, one of the parameters, is rounded to bfloat16",
        "keras-team/keras-hub#2124",
    ),
    planted("T65", "norm1.running_mean", "share that is kept", "pytorch/vision#8250", "buffer"),
    planted(
        "T69",
        "norm.running_mean",
        "another batch",
        "mlcommons/algorithmic-efficiency#231",
        "buffer",
    ),
    Case(
        "B4",
        "CNN",
        partial(pair, rate=0.3),
        "forward",
        ("dropout",),
        ("dropout is left out",),
        "huggingface/diffusers#522",
    ),
    in_evaluation(
        "B3", "conv2d of conv2", "its input is the result of leaky_relu", "hypnopump/keras-wrn#2"
    ),
    in_evaluation("N4", "batch_norm of norm", "batch's own mean and variance", "pytorch/xla#806"),
    in_evaluation("N5", "batch_norm of norm", "still 0 and 1", "paiml/aprender#2166"),
    in_evaluation("N8", "batch_norm of norm", "are exchanged", "keras-team/keras#3248"),
    in_evaluation("B7", "conv2d of conv1", "bias is left out", "Mingchenchen/TorchX#1"),
    in_evaluation("B2", "mul", "left out", "riccardomusmeci/mlx-image#26"),
]
