"""The nets on which training faults are planted, and the form of such a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from torch import nn

from benchmarks.faults import mlp
from benchmarks.faults.case import Case, filled
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import BATCH_NORM, CONV2D, EMBEDDING, linear_after_flatten, lstm


class Pictures(nn.Module):
    """A convolution, a norm with its running statistics, a head; in eval mode."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, (3, 2))
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Linear(3 * 3 * 4, 4)
        self.eval()

    def forward(self, x: Any) -> Any:
        """Logits of images (n, 3, 5, 5)."""
        return self.head(torch.relu(self.norm(self.conv(x))).flatten(1))


PICTURES_MAP = ParameterMap(
    (
        Layer("conv", "conv", CONV2D),
        Layer("norm", "norm", BATCH_NORM),
        Layer("head", "head", linear_after_flatten(3, 3, 4)),
    ),
    collections=("params", "state"),
)


def pictures_start() -> dict[str, Any]:
    """Params and state of the port, as they are drawn."""
    random = np.random.default_rng(5)
    return {
        "params": {
            "conv": {"kernel": random.normal(size=(3, 2, 3, 3)) / 4, "bias": np.zeros(3)},
            "norm": {"scale": np.ones(3), "bias": np.zeros(3)},
            "head": {"kernel": random.normal(size=(36, 4)) / 6, "bias": np.zeros(4)},
        },
        "state": {"norm": {"mean": np.zeros(3), "var": np.ones(3)}},
    }


def pictures_apply(params: Any, state: Any, x: Any) -> tuple[Any, Any]:
    """The port: NHWC inside."""
    h = jax.lax.conv_general_dilated(
        x.transpose(0, 2, 3, 1), params["conv"]["kernel"], (1, 1), "VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip
    h = h + params["conv"]["bias"]
    norm, running = params["norm"], state["norm"]
    h = (h - running["mean"]) / jnp.sqrt(running["var"] + 1e-5) * norm["scale"] + norm["bias"]
    h = jax.nn.relu(h).reshape(len(x), -1)
    return h @ params["head"]["kernel"] + params["head"]["bias"], state


def pictures_loss(params: Any, state: Any, batch: Any) -> tuple[Any, Any]:
    """The mean cross-entropy."""
    logits, state = pictures_apply(params, state, batch[0])
    return optax.softmax_cross_entropy_with_integer_labels(logits, batch[1]).mean(), state


def pictures() -> dict[str, Any]:
    """The convolutional pair."""
    random = np.random.default_rng(1)
    start = pictures_start()
    return {
        "model": filled(Pictures()).eval(),
        "params": start["params"],
        "state": start["state"],
        "batch": (random.normal(size=(6, 3, 5, 5)).astype("float32"), random.integers(0, 4, 6)),
        "apply": pictures_apply,
        "loss": pictures_loss,
        "torch_loss": mlp.torch_loss,
        "parameter_map": PICTURES_MAP,
    }


class Words(nn.Module):
    """An embedding, an LSTM, a head for the next word."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 5, batch_first=True)
        self.head = nn.Linear(5, 11)

    def forward(self, ids: Any) -> Any:
        """Logits (n, length, words)."""
        return self.head(self.lstm(self.embed(ids))[0])


WORDS_MAP = ParameterMap(
    (Layer("embed", "embed", EMBEDDING), Layer("lstm", "lstm", lstm(1)), Layer("head", "head"))
)


def words_start() -> dict[str, Any]:
    """Params of the port, as they are drawn."""
    random = np.random.default_rng(6)
    return {
        "embed": {"embedding": random.normal(size=(11, 6))},
        "lstm": {
            "l0": {
                "kernel_ih": random.normal(size=(6, 20)),
                "kernel_hh": random.normal(size=(5, 20)),
                "bias_ih": np.zeros(20),
                "bias_hh": np.zeros(20),
            }
        },
        "head": {"kernel": random.normal(size=(5, 11)), "bias": np.zeros(11)},
    }


def words_apply(params: Any, ids: Any) -> Any:
    """The port, step by step."""
    cell = params["lstm"]["l0"]
    x = params["embed"]["embedding"][ids]

    def step(carry: Any, x: Any) -> Any:
        h, c = carry
        gates = x @ cell["kernel_ih"] + cell["bias_ih"] + h @ cell["kernel_hh"] + cell["bias_hh"]
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zeros = jnp.zeros((len(ids), 5), x.dtype)
    _, h = jax.lax.scan(step, (zeros, zeros), x.swapaxes(0, 1))
    return h.swapaxes(0, 1) @ params["head"]["kernel"] + params["head"]["bias"]


def words_torch_loss(net: Any, batch: Any) -> Any:
    """The mean cross-entropy of all words that are not padding (-100)."""
    return nn.functional.cross_entropy(net(batch[0]).transpose(1, 2), batch[1])


def words_losses(params: Any, batch: Any) -> tuple[Any, Any]:
    """Each word's loss, and which count."""
    mask = batch[1] != -100
    labels = jnp.where(mask, batch[1], 0)
    each = optax.softmax_cross_entropy_with_integer_labels(words_apply(params, batch[0]), labels)
    return each * mask, mask


def words_loss(params: Any, batch: Any) -> Any:
    """The port's."""
    each, mask = words_losses(params, batch)
    return each.sum() / mask.sum()


def words() -> dict[str, Any]:
    """The recurrent pair, on sentences of unequal lengths."""
    random = np.random.default_rng(2)
    ids, labels = random.integers(0, 11, (4, 6)), random.integers(0, 11, (4, 6))
    for row, length in enumerate((6, 5, 2, 3)):
        labels[row, length:] = -100
    return {
        "model": filled(Words()),
        "params": words_start(),
        "batch": (ids, labels),
        "apply": words_apply,
        "loss": words_loss,
        "torch_loss": words_torch_loss,
        "parameter_map": WORDS_MAP,
    }


NETS: dict[str, Callable[[], dict[str, Any]]] = {
    "MLP": mlp.pair,
    "CNN": pictures,
    "RNN": words,
}
Maker = Callable[[Iterable[Any]], Any]


def training(net: str, theirs: Maker | None, ours: Any, **options: Any) -> dict[str, Any]:
    """A pair with its optimizers.

    Args:
        net: of `NETS`.
        theirs: the model's parameters -> PyTorch's optimizer.
        ours: gives Optax's.
        options: others of `jaxdl.parity.diagnose`.
    """
    pair = NETS[net]()
    if theirs is not None:
        pair["torch_optimizer"] = theirs(list(pair["model"].parameters()))
    return {**pair, "optimizer": ours(), **options}


def optimizer_case(
    fault: str,
    net: str,
    theirs: Maker,
    ours: Any,
    cause: str | tuple[str, ...],
    source: str,
    place: str = "step",
    **options: Any,
) -> Case:
    """A fault of the optimizer; see `training`."""
    pair = partial(training, net, theirs, ours, **options)
    causes = (cause,) if isinstance(cause, str) else cause
    return Case(fault, net, pair, "optimizer", (place,), causes, source)
