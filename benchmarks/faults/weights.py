"""Faults of a port's own converter, which fills the JAX model with PyTorch's weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.trained import NETS
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.map import as_array

Tree = dict[str, Any]


class Attention(nn.Module):
    """One head of attention, its projections packed."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)

    def forward(self, x: Any) -> Any:
        """(n, length, 8) to the same."""
        q, k, v = self.qkv(x).chunk(3, -1)
        return self.out(nn.functional.scaled_dot_product_attention(q, k, v))


def attention_apply(params: Any, x: Any) -> Any:
    """The port."""
    q, k, v = jnp.split(x @ params["qkv"]["kernel"] + params["qkv"]["bias"], 3, axis=-1)
    weights = jax.nn.softmax(q @ k.swapaxes(1, 2) / 8**0.5, axis=-1)
    return (weights @ v) @ params["out"]["kernel"] + params["out"]["bias"]


def attention() -> dict[str, Any]:
    """The pair with attention."""
    random = np.random.default_rng(3)
    start = {
        "qkv": {"kernel": random.normal(size=(8, 24)), "bias": np.zeros(24)},
        "out": {"kernel": random.normal(size=(8, 8)), "bias": np.zeros(8)},
    }
    return {
        "model": filled(Attention()),
        "params": start,
        "batch": (random.normal(size=(2, 5, 8)).astype("float32"),),
        "apply": attention_apply,
        "parameter_map": ParameterMap((Layer("qkv", "qkv"), Layer("out", "out"))),
    }


PAIRS: dict[str, Callable[[], Tree]] = {**NETS, "attention": attention}


def converted_by(net: str, change: Callable[[Tree, Tree], None]) -> Tree:
    """A pair with a converter: the right one, and then `change(converted, start)`."""
    pair = PAIRS[net]()
    tensors = {name: as_array(t) for name, t in pair["model"].state_dict().items()}
    with_state = "state" in pair
    start = {"params": pair["params"], "state": pair["state"]} if with_state else pair["params"]
    converted = jax.tree.map(np.array, pair["parameter_map"].to_jax(tensors, start))
    change(converted, start)
    return {**pair, "converted": converted}


def at(tree: Tree, path: str) -> tuple[Tree, str]:
    """The dictionary that holds a leaf, and its key there."""
    *keys, last = path.split("/")
    for key in keys:
        tree = tree[key]
    return tree, last


def leaf(path: str, function: Callable[[Any], Any]) -> Callable[[Tree, Tree], None]:
    """A change of one leaf."""

    def change(converted: Tree, start: Tree) -> None:
        here, key = at(converted, path)
        here[key] = np.asarray(function(here[key]))

    return change


def unfilled(path: str) -> Callable[[Tree, Tree], None]:
    """A leaf keeps the value that it starts with."""

    def change(converted: Tree, start: Tree) -> None:
        here, key = at(converted, path)
        here[key] = np.asarray(at(start, path)[0][key], np.float32)

    return change


def blocks(*order: int, axis: int = -1) -> Callable[[Any], Any]:
    """Equal parts of an array put together in another order."""

    def function(x: Any) -> Any:
        parts = np.split(x, max(order) + 1 if len(order) < 4 else len(order), axis)
        return np.concatenate([parts[k] for k in order], axis)

    return function


def every(function: Callable[[Any], Any]) -> Callable[[Tree, Tree], None]:
    """A change of all leaves."""

    def change(converted: Tree, start: Tree) -> None:
        for name, part in jax.tree.map(function, converted).items():
            converted[name] = part

    return change


def together(*changes: Callable[[Tree, Tree], None]) -> Callable[[Tree, Tree], None]:
    """Several changes."""

    def change(converted: Tree, start: Tree) -> None:
        for one in changes:
            one(converted, start)

    return change


def both(function: Callable[[Any], Any]) -> Callable[[Tree, Tree], None]:
    """A change of the packed projection and of its bias."""
    return together(leaf("qkv/kernel", function), leaf("qkv/bias", function))


def swapped(first: str, second: str) -> Callable[[Tree, Tree], None]:
    """Two leaves exchanged."""

    def change(converted: Tree, start: Tree) -> None:
        (a, x), (b, y) = at(converted, first), at(converted, second)
        a[x], b[y] = b[y], a[x]

    return change


def zero_keys(x: Any) -> Any:
    """The part of the keys in a packed projection is 0."""
    x = np.array(x)
    x[..., 8:16] = 0
    return x


def unpaired(x: Any) -> Any:
    """Queries and keys: their 8 rows from interleaved pairs to two halves."""
    x = np.array(x)
    heads = x[..., :16].reshape(*x.shape[:-1], 2, 4, 2)
    x[..., :16] = heads.swapaxes(-1, -2).reshape(*x.shape[:-1], 16)
    return x


def low(x: Any) -> Any:
    """To bfloat16 and back."""
    return np.asarray(jnp.asarray(x).astype(jnp.bfloat16).astype(jnp.float32))


def case(
    fault: str, net: str, change: Any, place: str, cause: str | tuple[str, ...], source: str
) -> Case:
    """A converter's fault."""
    causes = (cause,) if isinstance(cause, str) else cause
    return Case(fault, net, partial(converted_by, net, change), "weights", (place,), causes, source)


GATES = tuple(leaf(f"lstm/l0/{name}", blocks(0, 2, 1, 3)) for name in
              ("kernel_ih", "kernel_hh", "bias_ih", "bias_hh"))  # fmt: skip
CASES: list[Case] = [
    case("W1", "MLP", leaf("square/kernel", np.transpose), "square.weight", "transposed",
         "vllm-project/vllm#44113"),
    case("W1", "attention", leaf("out/kernel", np.transpose), "out.weight", "transposed",
         "vllm-project/vllm#44113"),
    case("W2", "MLP", leaf("norm/scale", np.ones_like), "norm.weight", "1 everywhere: never filled",
         "huggingface/transformers#11394"),
    case("W3", "CNN", unfilled("params/conv/kernel"), "conv.weight", "left at its start value",
         "2noise/ChatTTS#732"),
    case("W3", "RNN", unfilled("embed/embedding"), "embed.weight", "left at its start value",
         "2noise/ChatTTS#732"),
    case("W5", "CNN", unfilled("state/norm/var"), "norm.running_var", "never filled",
         "EvolvingLMMs-Lab/lmms-engine#185"),
    case("W6", "attention", both(zero_keys),
         "qkv.weight", "the second is all zeros", "ollama/ollama#15866"),
    *(
        case("W7", net, every(low), "every parameter", "rounded to bfloat16",
             "keras-team/keras-hub#2124")
        for net in ("MLP", "CNN", "RNN")
    ),
    case("R4", "RNN", together(*GATES), "lstm.weight_ih_l0", "the order is 1, 3, 2, 4",
         "tensorflow/tensorflow#29622"),
    case("R7", "RNN", leaf("lstm/l0/bias_ih", np.zeros_like), "lstm.bias_ih_l0", "never filled",
         "google/flax#3746"),
    case("N8", "CNN", swapped("state/norm/mean", "state/norm/var"), "norm.running_mean",
         "exchanged with those of norm.var", "keras-team/keras#3248"),
    case("C10", "CNN", leaf("params/conv/kernel", lambda x: x.transpose(1, 0, 2, 3)), "conv.weight",
         "axes are in the order (1, 0, 2, 3)", "helper2424/resnet10#2"),
    case("C11", "CNN", leaf("params/conv/kernel", lambda x: x.transpose(0, 1, 3, 2)), "conv.weight",
         "axes are in the order (0, 1, 3, 2)", "jinyu121/DW2TF#5"),
    case("A16", "attention", both(blocks(1, 2, 0)),
         "qkv.weight", "the order is 2, 3, 1", "huggingface/transformers#21519"),
    case("A17", "attention", both(blocks(0, 2, 2)),
         "qkv.weight", "the second has the numbers of the third", "huggingface/transformers#40253"),
    case("A18", "attention", both(unpaired),
         "qkv.weight", "two halves, where they should be interleaved",
         "AI-Hypercomputer/maxtext#581"),
]  # fmt: skip
