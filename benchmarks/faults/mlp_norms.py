"""A perceptron with batch and RMS normalisation and gates, and what goes wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.layers import mapped, zeros
from jaxdl.parity import rules


class Net(nn.Module):
    """Each of a few tokens goes through a layer, three norms, gates, a skip and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Linear(5, 8)
        self.batch = nn.BatchNorm1d(8, momentum=0.3)
        self.layer = nn.LayerNorm(8, eps=1e-4)
        self.square = nn.Linear(8, 8, bias=False)
        self.rms = nn.RMSNorm(8, eps=1e-6)
        self.scale = nn.Parameter(self.rms.weight.detach().clone())
        self.head = nn.Linear(8, 3)

    def forward(self, x: Any) -> Any:
        """(batch, tokens, 5) -> (batch, tokens, 3)."""
        h = self.wide(x)
        h = F.elu(self.batch(h.transpose(1, 2)).transpose(1, 2), 0.6)
        b = F.hardsigmoid(self.square(self.layer(h))) * h
        h = h + self.scale * F.gelu(b, approximate="tanh")
        return self.head(F.normalize(self.rms(h), dim=-1) * 2.5)


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean squared error."""
    return F.mse_loss(net(batch[0]), batch[1])


MAP = mapped(
    True,
    wide=rules.LINEAR,
    batch=rules.BATCH_NORM,
    layer=rules.LAYER_NORM,
    square=rules.LINEAR,
    rms=rules.RMS_NORM,
    scale=rules.SAME,
    head=rules.LINEAR,
)
PARAMS = zeros(
    {
        "wide": {"kernel": (5, 8), "bias": (8,)},
        "batch": {"scale": (8,), "bias": (8,)},
        "layer": {"scale": (8,), "bias": (8,)},
        "square": {"kernel": (8, 8)},
        "rms": {"scale": (8,)},
        "scale": (8,),
        "head": {"kernel": (8, 3), "bias": (3,)},
    }
)
STATE = zeros({"batch": {"mean": (8,), "var": (8,)}})


def batch_norm(p: Any, s: Any, x: Any, training: bool, fault: str) -> tuple[Any, Any]:
    """Over batch and tokens; and the next running statistics."""
    mean, var, n = x.mean((0, 1)), x.var((0, 1)), x.shape[0] * x.shape[1]
    kept = {"N1": 0.3, "T65": 0.99}.get(fault, 0.7)
    unbiased = var * (1 if fault == "N3" else n / (n - 1))
    after = {
        "mean": kept * s["mean"] + (1 - kept) * mean,
        "var": kept * s["var"] + (1 - kept) * (jnp.sqrt(unbiased) if fault == "sd" else unbiased),
    }
    if fault == "twice":
        after = {
            k: kept * v + (1 - kept) * {"mean": mean, "var": unbiased}[k] for k, v in after.items()
        }
    if fault == "N8b":
        after = {"mean": after["var"], "var": after["mean"]}
    if not training:
        mean, var = s["mean"], s["var"]
        after = after if fault == "updates" else s
    scale, bias = (p["bias"], p["scale"]) if fault == "N8" else (p["scale"], p["bias"])
    if fault == "N8v":
        var, scale = scale, var
    if fault == "one":  # whatever the batch, the first example's
        mean, var = x[0].mean(0), x[0].var(0)
    return (x - mean) * jax.lax.rsqrt(var + 1e-5) * scale + bias, after


def layer_norm(p: Any, x: Any, fault: str) -> Any:
    """Each token by itself."""
    axes = {"N13": (1, 2), "N13b": (0, 1)}.get(fault, (-1,))
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True, ddof=int(fault == "N12"))
    if fault == "N11":
        y = (x - mean) / (jnp.sqrt(var) + 1e-4)
    elif fault == "N11+":
        y = (x - mean) / (jnp.sqrt(x.var(axes, keepdims=True, ddof=1)) + 1e-6)
    elif fault == "N16":
        y = (x - mean) / (var + 1e-4)
    else:
        y = (x - mean) / jnp.sqrt(var + {"eps": 7e-3, "eps0": 0.0}.get(fault, 1e-4))
    y = y.astype(jnp.float16).astype(x.dtype) if fault == "N20" else y
    y = y if fault == "N7" else y * p["scale"]
    return y if fault == "B7" else y + p["bias"]


def apply(p: Any, state: Any, x: Any, training: bool = True, fault: str = "") -> Any:
    """The port, with one fault; "": none."""
    running = fault if fault not in ("N16", "N11", "N12", "N13") else ""
    h = x @ p["wide"]["kernel"] + p["wide"]["bias"]
    h, after = batch_norm(p["batch"], state["batch"], h, training, running)
    h = jnp.where(h > 0, h, (1.0 if fault == "X3" else 0.6) * jnp.expm1(h))
    square = p["square"]["kernel"]
    if fault == "W1":
        square = square.T
    if fault == "W7":
        square = square.astype(jnp.bfloat16).astype(square.dtype)
    b = layer_norm(p["layer"], h, fault) @ square
    b = jnp.clip(0.2 * b + 0.5, 0, 1) * h if fault == "X4" else jnp.clip(b / 6 + 0.5, 0, 1) * h
    gelu = jax.nn.gelu(b, approximate=fault != "X2")
    h = h + gelu * (1 if fault == "B2" else p["scale"])
    h = h * jax.lax.rsqrt((h * h).mean(-1, keepdims=True) + 1e-6)
    h = h * (1 + p["rms"]["scale"] if fault == "N17" else p["rms"]["scale"])
    length = jnp.sqrt((h * h).sum(-1, keepdims=True))
    h = h / (length + 0.03 if fault == "length" else jnp.maximum(length, 1e-12))
    h = (2.0 if fault == "temperature" else 2.5) * h
    return h @ p["head"]["kernel"] + p["head"]["bias"], {"batch": after}


def loss(p: Any, state: Any, batch: Any, training: bool = True, fault: str = "") -> Any:
    """Of the port; and the next state."""
    y, state = apply(p, state, batch[0], training, fault)
    return ((y - batch[1]) ** 2).mean(), state


def pair(fault: str = "", training: bool = True) -> dict[str, Any]:
    """The two programs, on 3 times 4 tokens of two scales."""
    random = np.random.default_rng(4)
    x = random.normal(size=(3, 4, 5)) * [[[1.0]], [[6.0]], [[0.2]]]
    return {
        "model": filled(Net()).train(training),
        "params": PARAMS,
        "state": STATE,
        "batch": (x.astype("float32"), random.normal(size=(3, 4, 3)).astype("float32")),
        "apply": partial(apply, training=training, fault=fault),
        "loss": partial(loss, training=training, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(
    name: str, fault: str, place: str, cause: str, source: str, stage: str = "forward"
) -> Case:
    """A fault of this net in training."""
    return Case(name, "MLP norms", partial(pair, fault), stage, (place,), (cause,), source)


def in_evaluation(name: str, fault: str, stage: str, place: str, cause: str, source: str) -> Case:
    """A fault in evaluation."""
    given = partial(pair, fault, training=False)
    return Case(name, "MLP norms, eval", given, stage, (place,), (cause,), source)


LAYER, BATCH = "layer_norm of layer", "batch_norm of batch"
BERT, NEOX = "codertimo/BERT-pytorch#30", "EleutherAI/gpt-neox#1345"
CASES = [
    Case("", "MLP norms", pair),
    Case("", "MLP norms, eval", partial(pair, training=False)),
    planted(
        "N1",
        "N1",
        "batch.running_mean",
        "share that is kept: 0.7 for PyTorch's 0.3",
        "huggingface/transformers#19454",
        "buffer",
    ),
    planted("N3", "N3", "batch.running_var", "biased variance", "pytorch/pytorch#19916", "buffer"),
    planted(
        "N3", "sd", "batch.running_var", "standard deviation", "pytorch/pytorch#19916", "buffer"
    ),
    planted("N8", "N8b", "batch.running_mean", "are exchanged", "keras-team/keras#3248", "buffer"),
    planted(
        "T65", "T65", "batch.running_mean", "is 0.99, not 0.7", "r9y9/tacotron_pytorch#19", "buffer"
    ),
    planted(
        "T69",
        "twice",
        "batch.running_mean",
        "updated twice",
        "mlcommons/algorithmic-efficiency#231",
        "buffer",
    ),
    planted("N4", "one", BATCH, "first example", "pytorch/xla#806"),
    planted("N8", "N8", BATCH, "scale and bias are exchanged", "keras-team/keras#3248"),
    planted("N7", "N7", LAYER, "scale is left out", "apache/mxnet#15717"),
    planted("N11", "N11", LAYER, "added to the root", NEOX),
    planted(
        "N11",
        "N11+",
        LAYER,
        "the root is the unbiased one, and epsilon, added to it, is 1e-06",
        BERT,
    ),
    planted("N11", "eps", LAYER, "epsilon is 0.007, not 0.0001", NEOX),
    planted("N11", "eps0", LAYER, "epsilon is 0, not 0.0001", NEOX),
    planted("N11", "length", "normalize", "0.03 is added to the norm", NEOX),
    planted("N12", "N12", LAYER, "unbiased", BERT),
    planted("N13", "N13", LAYER, "taken over axes (1, 2)", "patrick-kidger/equinox#471"),
    planted("N13", "N13b", LAYER, "taken over axes (0, 1)", "patrick-kidger/equinox#471"),
    planted("N16", "N16", LAYER, "divided by the variance", "danieltan07/tensorflow-cycle-gan#1"),
    planted("N17", "N17", "rms_norm of rms", "1 is added to the scale", "NeuraLegion/shainet#176"),
    planted(
        "N20", "N20", LAYER, "before the scale all is rounded to float16", "InternLM/lmdeploy#2842"
    ),
    planted("B2", "B2", "mul", "left out", "riccardomusmeci/mlx-image#26"),
    planted("B7", "B7", LAYER, "bias is left out", "Mingchenchen/TorchX#1"),
    planted("W7", "W7", "linear of square", "rounded to bfloat16", "keras-team/keras-hub#2124"),
    planted("X2", "X2", "gelu", "approximate=False", "mindspore-lab/mindone#225"),
    planted("X3", "X3", "elu", "alpha 1", "jinyu121/DW2TF#2"),
    planted("X4", "X4", "hardsigmoid", "0.2", "PaddlePaddle/Paddle#44820"),
    in_evaluation(
        "N8",
        "N8v",
        "forward",
        BATCH,
        "the running variance and the scale are exchanged",
        "keras-team/keras#3248",
    ),
    in_evaluation(
        "N4",
        "updates",
        "buffer",
        "batch.running_mean",
        "though PyTorch leaves it",
        "pytorch/xla#806",
    ),
]
