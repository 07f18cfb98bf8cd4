"""A causal net of dilated convolutions over time, and what goes wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, mapped, zeros
from jaxdl.parity import rules

CHANNELS, TIME = 6, 24


class Net(nn.Module):
    """A gated block with dilation 4 and a skip, a circular convolution, a norm, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.first = weight_norm(nn.Conv1d(2, CHANNELS, 3))
        self.gated = weight_norm(nn.Conv1d(CHANNELS, 2 * CHANNELS, 3, dilation=4))
        self.skip = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.grouped = nn.Conv1d(CHANNELS, 2 * CHANNELS, 3, padding=1, groups=3)
        self.ring = nn.Conv1d(2 * CHANNELS, CHANNELS, 4, padding="same", padding_mode="circular")
        self.norm = nn.RMSNorm(CHANNELS, eps=1e-4)
        self.head = nn.Conv1d(CHANNELS, 3, 4, stride=3, padding=2)

    def forward(self, x: Any) -> Any:
        """(batch, 2, time) -> (batch, 3, time / 3 rounded up)."""
        h = self.first(F.pad(x, (2, 0)))
        a, b = self.gated(F.pad(h, (8, 0))).chunk(2, 1)
        h = h + self.skip(a.tanh() * b.sigmoid())
        h = F.gelu(self.ring(F.glu(self.grouped(h).repeat(1, 2, 1), 1)))
        h = self.norm(h.transpose(1, 2)).transpose(1, 2)
        return self.head(h)


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean squared error."""
    return F.mse_loss(net(batch[0]), batch[1])


MAP = mapped(
    first=rules.weight_norm(rules.CONV1D),
    gated=rules.weight_norm(rules.CONV1D),
    skip=rules.CONV1D,
    grouped=rules.CONV1D,
    ring=rules.CONV1D,
    norm=rules.RMS_NORM,
    head=rules.CONV1D,
)
C = CHANNELS
PARAMS = zeros(
    {
        "first": {"kernel_g": (1, 1, C), "kernel_v": (3, 2, C), "bias": (C,)},
        "gated": {"kernel_g": (1, 1, 2 * C), "kernel_v": (3, C, 2 * C), "bias": (2 * C,)},
        "skip": {"kernel": (1, C, C), "bias": (C,)},
        "grouped": {"kernel": (3, C // 3, 2 * C), "bias": (2 * C,)},
        "ring": {"kernel": (4, 2 * C, C), "bias": (C,)},
        "norm": {"scale": (C,)},
        "head": {"kernel": (4, C, 3), "bias": (3,)},
    }
)


def weighted(p: Any, fault: str = "") -> Any:
    """The kernel of a direction and a length for each channel that comes out."""
    g, v = p["kernel_g"], p["kernel_v"]
    axes = (0,) if fault == "N21a" else (0, 1)
    length = jnp.sqrt((v**2).sum(axes, keepdims=True))
    g = jnp.ones_like(g) if fault == "N21" else g
    return {"kernel": v if fault == "N21v" else g * v / length, "bias": p["bias"]}


def dilated(p: Any, x: Any, fault: str) -> Any:
    """The causal convolution with dilation 4."""
    if fault == "C7":  # time to batch and back, without the transposes
        n, time, c = x.shape
        x = jnp.pad(x, ((0, 0), (8, 0), (0, 0))).reshape(n * 4, -1, c)
        return conv(p, x).reshape(n, time, -1)
    if fault == "C9":
        y = conv(p, jnp.pad(x, ((0, 0), (8, 0), (0, 0))), "SAME", dilation=4)
        return y[:, : x.shape[1]]
    if fault == "dilation":
        return conv(p, x, [(4, 0)], dilation=2)
    return conv(p, x, {"C2": [(4, 4)], "C2+": [(7, 1)]}.get(fault, [(8, 0)]), dilation=4)


def rms(p: Any, x: Any, fault: str) -> Any:
    """Over the root of the mean square."""
    eps = {"eps": 3e-3}.get(fault, 1e-4)
    if fault in ("N19", "N19b"):
        low = x.astype(jnp.float16 if fault == "N19" else jnp.bfloat16)
        square = (low * low).mean(-1, keepdims=True).astype(x.dtype)
    else:
        square = (x * x).mean((1, 2) if fault == "N13" else -1, keepdims=True)
    y = x / (jnp.sqrt(square) + eps) if fault == "N11" else x * jax.lax.rsqrt(square + eps)
    y = y.astype(jnp.bfloat16).astype(x.dtype) if fault == "N20" else y
    return y * (1 + p["scale"] if fault == "N17" else p["scale"])


def apply(p: Any, x: Any, fault: str = "") -> Any:
    """The port, with one fault; "": none."""
    x = x.transpose(0, 2, 1)
    h = conv(weighted(p["first"], fault), x, [(2, 0)])
    a, b = jnp.split(dilated(weighted(p["gated"]), h, fault), 2, -1)
    a, b = (b, a) if fault == "gate" else (a, b)
    h = h + conv(p["skip"], jnp.tanh(a) * jax.nn.sigmoid(b))
    if fault == "groups":
        h = h.reshape(*h.shape[:2], 2, 3).swapaxes(2, 3).reshape(h.shape)
    h = conv(p["grouped"], h, 1, groups=3)
    h = h * jax.nn.sigmoid(h)
    around = (2, 1) if fault == "C6" else (1, 2)
    h = jnp.pad(h, ((0, 0), around, (0, 0)), mode="constant" if fault == "C6z" else "wrap")
    h = conv(p["ring"], h)
    gelu = partial(jax.nn.gelu, approximate=fault == "X2t")
    h = h * jax.nn.sigmoid(1.702 * h) if fault == "X2" else gelu(h)
    h = rms(p["norm"], h, fault)
    h = conv(p["head"], h, "SAME" if fault == "C1" else 2, 3)
    return h.transpose(0, 2, 1)


def loss(p: Any, batch: Any, fault: str = "") -> Any:
    """Of the port."""
    return ((apply(p, batch[0], fault) - batch[1]) ** 2).mean()


def pair(fault: str = "") -> dict[str, Any]:
    """The two programs, on 3 sequences, one of them much louder."""
    random = np.random.default_rng(2)
    x = random.normal(size=(3, 2, TIME)) * [[[1.0]], [[10.0]], [[0.1]]]
    wanted = random.normal(size=(3, 3, 9))
    return {
        "model": filled(Net()),
        "params": PARAMS,
        "batch": (x.astype("float32"), wanted.astype("float32")),
        "apply": partial(apply, fault=fault),
        "loss": partial(loss, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(
    name: str, fault: str, place: str | tuple[str, ...], cause: str | tuple[str, ...], source: str
) -> Case:
    """A fault of this net."""
    places = (place,) if isinstance(place, str) else place
    causes = (cause,) if isinstance(cause, str) else cause
    return Case(name, "CNN 1-D", partial(pair, fault), "forward", places, causes, source)


PADDED = ("conv1d of gated", "pad")  # the model pads in a call of its own
GATED, NORM = "conv1d of gated", "rms_norm of norm"
DEFAULT = "google/flax#4138"
CASES = [
    Case("", "CNN 1-D", pair),
    planted("C1", "C1", "conv1d of head", "'SAME'", "keras-team/keras#16363"),
    planted("C2", "C2", PADDED, ("'SAME'", "(4, 4)"), "lukemelas/EfficientNet-PyTorch#235"),
    planted(
        "C2",
        "C2+",
        PADDED,
        ("padding is ((7, 1),), not ((8, 0),)", "widths are (7, 1)"),
        "lukemelas/EfficientNet-PyTorch#235",
    ),
    planted("C6", "C6", "pad of ring", "start and end are exchanged", "google/flax#2578"),
    planted("C6", "C6z", "pad of ring", "constant, not circular", "google/flax#2578"),
    planted("C7", "C7", GATED, "without a transpose", "ibab/tensorflow-wavenet#29"),
    planted("C7", "dilation", GATED, "dilation is (2,), not (4,)", "ibab/tensorflow-wavenet#29"),
    planted(
        "C9",
        "C9",
        GATED,
        "padding at the start is (12,), not (8,)",
        "paarthneekhara/byteNet-tensorflow#5",
    ),
    planted("C11", "groups", "conv1d of grouped", "every k-th input channel", "jinyu121/DW2TF#5"),
    planted("N21", "N21", "weight_norm of first", "g is taken as 1", DEFAULT),
    planted(
        "N21", "N21v", "weight_norm of first", ("is v itself", "weight_norm is left out"), DEFAULT
    ),
    planted("N21", "N21a", "weight_norm of first", "a length for each place", "google/flax#3405"),
    planted("N11", "N11", NORM, "added to the root", "EleutherAI/gpt-neox#1345"),
    planted("N11", "eps", NORM, "epsilon is 0.003, not 0.0001", "EleutherAI/gpt-neox#1345"),
    planted("N13", "N13", NORM, "taken over axes (1, 2)", "patrick-kidger/equinox#471"),
    planted("N17", "N17", NORM, "1 is added to the scale", "NeuraLegion/shainet#176"),
    planted("N19", "N19", NORM, "statistics are computed in float16", "young-geng/EasyLM#50"),
    planted("N19", "N19b", NORM, "statistics are computed in bfloat16", "young-geng/EasyLM#50"),
    planted(
        "N20", "N20", NORM, "before the scale all is rounded to bfloat16", "InternLM/lmdeploy#2842"
    ),
    planted("X2", "X2", "gelu", "x * sigmoid(1.702 x)", "mindspore-lab/mindone#225"),
    planted("X2", "X2t", "gelu", "approximate=True", "mindspore-lab/mindone#225"),
]
