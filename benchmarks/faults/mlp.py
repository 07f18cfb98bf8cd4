"""A multilayer perceptron on a table of numbers, and what goes wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from torch import nn

from benchmarks.faults.case import Case, filled
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import LAYER_NORM


class Net(nn.Module):
    """A norm, hidden layers with a skip, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Linear(7, 12)
        self.norm = nn.LayerNorm(12)
        self.square = nn.Linear(12, 12)
        self.head = nn.Linear(12, 5)

    def forward(self, x: Any) -> Any:
        """Logits of a batch."""
        h = nn.functional.leaky_relu(self.norm(self.wide(x)), 0.1)
        h = h + nn.functional.gelu(self.square(h))
        return self.head(h)


def torch_loss(net: Any, batch: Any) -> Any:
    """The mean cross-entropy."""
    return nn.functional.cross_entropy(net(batch[0]), batch[1])


MAP = ParameterMap(
    (
        Layer("wide", "wide"),
        Layer("norm", "norm", LAYER_NORM),
        Layer("square", "square"),
        Layer("head", "head"),
    )
)
PARAMS = {
    "wide": {"kernel": np.zeros((7, 12)), "bias": np.zeros(12)},
    "norm": {"scale": np.zeros(12), "bias": np.zeros(12)},
    "square": {"kernel": np.zeros((12, 12)), "bias": np.zeros(12)},
    "head": {"kernel": np.zeros((12, 5)), "bias": np.zeros(5)},
}


def apply(params: Any, x: Any, fault: str = "") -> Any:
    """The port, with one fault; "": none."""

    def dense(p: Any, x: Any) -> Any:
        return x @ p["kernel"] + p["bias"]

    def norm(p: Any, x: Any) -> Any:
        mean = x.mean(-1, keepdims=True)
        var = x.var(-1, keepdims=True, ddof=1 if fault == "N12" else 0)
        root = jnp.sqrt(var) + 1e-5 if fault == "N11" else jnp.sqrt(var + 1e-5)
        return (x - mean) / root * p["scale"] + p["bias"]

    h = jax.nn.leaky_relu(
        norm(params["norm"], dense(params["wide"], x)), 0.01 if fault == "X3" else 0.1
    )
    h = h + jax.nn.gelu(dense(params["square"], h), approximate=False)
    return dense(params["head"], h)


def loss(params: Any, batch: Any, fault: str = "") -> Any:
    """Of the port."""
    each = optax.softmax_cross_entropy_with_integer_labels(apply(params, batch[0], fault), batch[1])
    return each.sum() if fault == "T47" else each.mean()


def pair(fault: str = "") -> dict[str, Any]:
    """The two programs, on a batch of 9."""
    random = np.random.default_rng(0)
    return {
        "model": filled(Net()),
        "params": PARAMS,
        "batch": (random.normal(size=(9, 7)).astype("float32"), random.integers(0, 5, 9)),
        "apply": partial(apply, fault=fault),
        "loss": partial(loss, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": MAP,
    }


def planted(fault: str, stage: str, place: str, cause: str, source: str) -> Case:
    """A fault of this net."""
    return Case(fault, "MLP", partial(pair, fault), stage, (place,), (cause,), source)


CASES = [
    Case("", "MLP", pair),
    planted("X3", "forward", "leaky_relu", "slope", "jinyu121/DW2TF#2"),
    planted("N11", "forward", "norm", "added to the root", "EleutherAI/gpt-neox#1345"),
    planted("N12", "forward", "norm", "unbiased", "codertimo/BERT-pytorch#30"),
    planted("T47", "loss", "cross_entropy", "summed", "ContextualAI/HALOs#37"),
]
