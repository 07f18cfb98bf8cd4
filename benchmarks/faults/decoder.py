"""A decoder with transposed convolutions and spectral normalisation, and what goes wrong."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import conv, mapped, transposed, zeros
from jaxdl.parity import rules

EPS = 1e-12


class Net(nn.Module):
    """A code becomes an image: three transposed convolutions and a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.code = nn.Linear(5, 72)
        self.up1 = nn.ConvTranspose2d(6, 6, 4, stride=4)
        self.up2 = spectral_norm(nn.ConvTranspose2d(6, 6, 3, 2, padding=1, output_padding=1))
        self.up3 = nn.ConvTranspose2d(6, 4, (3, 4), 2, padding=1)
        self.out = spectral_norm(nn.Conv2d(4, 4, 3, padding=1))

    def forward(self, z: Any) -> Any:
        """An image of each code."""
        h = self.code(z).reshape(len(z), 6, 3, 4)
        h = nn.functional.elu(self.up1(h), 0.7)
        h = nn.functional.softplus(self.up2(h), 1.5)
        h = nn.functional.silu(self.up3(h))
        return self.out(h).tanh()


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean squared error."""
    return nn.functional.mse_loss(net(batch[0]), batch[1])


MAP = mapped(
    True,
    code=rules.LINEAR,
    up1=rules.CONV_TRANSPOSE2D,
    up2=rules.spectral_norm(rules.CONV_TRANSPOSE2D, dim=1),
    up3=rules.CONV_TRANSPOSE2D,
    out=rules.spectral_norm(rules.CONV2D),
)
PARAMS = zeros(
    {
        "code": {"kernel": (5, 72), "bias": (72,)},
        "up1": {"kernel": (4, 4, 6, 6), "bias": (6,)},
        "up2": {"kernel": (3, 3, 6, 6), "bias": (6,)},
        "up3": {"kernel": (3, 4, 6, 4), "bias": (4,)},
        "out": {"kernel": (3, 3, 4, 4), "bias": (4,)},
    }
)
STATE = zeros(
    {
        "up2": {"kernel_u": (6,), "kernel_v": (54,)},
        "out": {"kernel_u": (4,), "kernel_v": (36,)},
    }
)


def spectral(p: Any, s: Any, axis: int, training: bool, fault: str = "") -> tuple[Any, Any]:
    """The kernel over its largest singular value, and the next u and v."""
    kernel = p["kernel"]
    matrix = jnp.moveaxis(kernel, axis, 0).reshape(kernel.shape[axis], -1)
    u, v = s["kernel_u"], s["kernel_v"]
    if (training and fault != "none") or fault == "N23":
        u = matrix @ v
        u = u / jnp.maximum(jnp.linalg.norm(u), EPS)
        v = matrix.T @ u
        v = v / jnp.maximum(jnp.linalg.norm(v), EPS)
    u, v = jax.lax.stop_gradient((u, v))
    after = {"kernel_u": u, "kernel_v": v}
    if fault == "N23s":
        after = s
    return p | {"kernel": kernel / (u @ (matrix @ v))}, after


def apply(params: Any, state: Any, z: Any, training: bool = True, fault: str = "") -> Any:
    """The port, with one fault; "": none."""
    p = dict(params)
    h = (z @ p["code"]["kernel"] + p["code"]["bias"]).reshape(-1, 6, 3, 4)
    if fault == "F1":
        h = h.reshape(-1, 3, 4, 6).transpose(0, 3, 1, 2)
    h = h.transpose(0, 2, 3, 1)
    for name, change in {
        "C3": lambda k: k[::-1, ::-1].transpose(0, 1, 3, 2),
        "C3f": lambda k: k[::-1, ::-1],
        "C3c": lambda k: k.transpose(0, 1, 3, 2),
        "C10": lambda k: k.transpose(1, 0, 2, 3),
    }.items():
        if fault == name:
            p["up1"] = p["up1"] | {"kernel": change(p["up1"]["kernel"])}
    h = jax.nn.elu(transposed(p["up1"], h, 0, 4), 1.0 if fault == "X3" else 0.7)
    axis = 2 if fault == "N23a" else 3  # the first axis of PyTorch's weight, or its second
    up2, after2 = spectral(p["up2"], state["up2"], axis, training, fault)
    # At C5 nothing is taken off at the start.
    early = fault == "C5"
    h = transposed(up2, h, 0, 2)[:, :-1, :-1] if early else transposed(up2, h, 1, 2, 1)
    h = jax.nn.softplus(1.5 * h) / 1.5
    if fault == "C3s":  # as lax.conv_transpose pads for 'SAME'
        h = transposed(p["up3"], h, 0, 2)[:, :47, 2:]
    else:
        h = transposed(p["up3"], h, 1, 2)
    h = jax.nn.silu(h)
    wrong = fault if fault == "N23o" else ""
    out, after = spectral(p["out"], state["out"], 3, training, "none" if wrong else fault)
    if fault == "B7":
        out = {"kernel": out["kernel"]}
    y = jnp.tanh(conv(out, h, "SAME")).transpose(0, 3, 1, 2)
    return y, {"up2": after2, "out": after}


def loss(params: Any, state: Any, batch: Any, training: bool = True, fault: str = "") -> Any:
    """Of the port; and the next state."""
    y, state = apply(params, state, batch[0], training, fault)
    return ((y - batch[1]) ** 2).mean(), state


def pair(fault: str = "", training: bool = True) -> dict[str, Any]:
    """The two programs, on 3 codes."""
    import torch

    random = np.random.default_rng(1)
    torch.manual_seed(0)
    z, image = random.normal(size=(3, 5)), random.normal(size=(3, 4, 47, 64))
    return {
        "model": filled(Net()).train(training),
        "params": PARAMS,
        "state": STATE,
        "batch": (z.astype("float32"), image.astype("float32")),
        "apply": partial(apply, training=training, fault=fault),
        "loss": partial(loss, training=training, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(fault: str, place: str, cause: str, source: str, **options: Any) -> Case:
    """A fault of this net."""
    name, training = fault.rstrip("fcsao"), options.pop("training", True)
    net = "CNN decoder" if training else "CNN decoder, eval"
    stage = options.pop("stage", "forward")
    return Case(name, net, partial(pair, fault, training), stage, (place,), (cause,), source)


UP1, SPECTRAL = "conv_transpose2d of up1", "up2.parametrizations.weight"
FLAX, POWER = "google/flax#3137", "pytorch/pytorch#8590"
CASES = [
    Case("", "CNN decoder", pair),
    Case("", "CNN decoder, eval", partial(pair, training=False)),
    planted("C3", UP1, "neither flipped nor are its input and output channels", "jax-ml/jax#11252"),
    planted("C3f", UP1, "kernel is not flipped", FLAX),
    planted("C3c", UP1, "input and output channels are exchanged", FLAX),
    planted("C3s", "conv_transpose2d of up3", "cropped too", "jax-ml/jax#33419"),
    planted("C5", "conv_transpose2d of up2", "cropped too early", "NVIDIA-AI-IOT/torch2trt#321"),
    planted("C10", UP1, "height and width are exchanged", "helper2424/resnet10#2"),
    planted("F1", "reshape", "split as (3, 3, 4, 6)", "microsoft/MMdnn#250"),
    planted("N23a", SPECTRAL, "unfolded along another axis", POWER, training=False),
    planted("N23", SPECTRAL, "power iteration", POWER, training=False),
    planted("N23o", "out.parametrizations.weight", "power iteration", POWER),
    planted("N23s", "up2.parametrizations.weight.0._u", "not written back", POWER, stage="buffer"),
    planted("X3", "elu", "alpha 1", "jinyu121/DW2TF#2"),
    planted("B7", "conv2d of out", "bias is left out", "Mingchenchen/TorchX#1"),
]
