"""Attention in one call: `nn.MultiheadAttention` on sounds, and a cache with packed q, k and v."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.faults.case import Case, filled
from benchmarks.faults.rnn import dense, planted, room
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import CONV1D, multihead_attention

SOUND, WIDTH, HEADS, NEW = 3, 12, 2, 4
SIZE = WIDTH // HEADS


class Listener(nn.Module):
    """A strided convolution shortens the sounds; attention sees what is left of each."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(SOUND, WIDTH, 3, stride=2, padding=1)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, dropout=0.2, batch_first=True)
        self.head = nn.Linear(WIDTH, 5)

    def forward(self, sounds: Any, lengths: Any) -> Any:
        """(batch, time, 3) -> logits of every second step."""
        x = torch.tanh(self.conv(sounds.transpose(1, 2))).transpose(1, 2)
        lengths = (lengths - 1) // 2 + 1
        hidden = torch.arange(x.shape[1]) >= lengths[:, None]
        return self.head(self.attention(x, x, x, key_padding_mask=hidden)[0])


class Cached(nn.Module):
    """The last four steps ask all that were; q, k and v come from one layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(SOUND, WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, 5)

    def forward(self, x: Any) -> Any:
        """(batch, time, 3) -> logits of the last four steps."""
        n, t, _ = x.shape
        q, k, v = (
            p.reshape(n, t, HEADS, SIZE).transpose(1, 2)
            for p in self.qkv(torch.tanh(self.first(x))).chunk(3, -1)
        )
        q = q[:, :, t - NEW :]
        seen = torch.ones(NEW, t, dtype=torch.bool).tril(t - NEW)
        y = F.scaled_dot_product_attention(
            q, k, v, attn_mask=seen, dropout_p=0.2 if self.training else 0.0
        )
        return self.out(y.transpose(1, 2).reshape(n, NEW, WIDTH))


def attend(q: Any, k: Any, v: Any, seen: Any, fault: str) -> Any:
    """(batch, heads, time, size), seen broadcasts to the scores."""
    scale = {"A1": 1.0, "A2": 1 / SIZE}.get(fault, 1 / math.sqrt(SIZE))
    seen = ~seen if fault == "A5" else seen
    scores = jnp.where(seen, q @ k.swapaxes(-1, -2) * scale, -jnp.inf)
    weights = jax.nn.softmax(scores, -2 if fault == "A28" else -1)
    if fault == "B6":
        kept = jax.random.bernoulli(jax.random.key(0), 0.8, weights.shape)
        weights = jnp.where(kept, weights / 0.8, 0)
    return weights @ v


def listener(params: Any, sounds: Any, lengths: Any, fault: str = "") -> Any:
    """The port of `Listener`, with one fault; "": none."""
    conv, p = params["conv"], params["attention"]
    x = jax.lax.conv_general_dilated(
        sounds, conv["kernel"], (2,), [(1, 1)], dimension_numbers=("NWC", "WIO", "NWC")
    )
    x = jnp.tanh(x + conv["bias"])
    lengths = (lengths - 1) // 2 + 1
    lengths = (lengths - 1) // 2 + 1 if fault == "A13" else lengths
    seen = jnp.arange(x.shape[1]) < lengths[:, None]
    names = {"A16": ("key", "value", "query"), "A17": ("query", "value", "value")}
    q, k, v = (
        jnp.einsum("btd,dhs->bhts", x, p[name]["kernel"]) + p[name]["bias"][:, None]
        for name in names.get(fault, ("query", "key", "value"))
    )
    y = attend(q, k, v, seen[:, None, None], fault)
    if fault == "A29":
        y = y.reshape(x.shape) @ p["out"]["kernel"].reshape(WIDTH, WIDTH)
    else:
        y = jnp.einsum("bhts,hsd->btd", y, p["out"]["kernel"])
    return dense(params["head"], y + p["out"]["bias"])


def cached(params: Any, x: Any, fault: str = "") -> Any:
    """The port of `Cached`, with one fault; "": none."""
    n, t, _ = x.shape
    packed = dense(params["qkv"], jnp.tanh(dense(params["first"], x)))
    if fault == "A29":
        packed = packed.reshape(n, t, HEADS, 3, SIZE).transpose(3, 0, 2, 1, 4)
    else:
        packed = packed.reshape(n, t, 3, HEADS, SIZE).transpose(2, 0, 3, 1, 4)
    order = {"A16": (2, 0, 1), "A17": (0, 2, 2)}.get(fault, (0, 1, 2))
    q, k, v = (packed[i] for i in order)
    seen = jnp.tril(jnp.ones((NEW, t), bool), 0 if fault == "A8" else t - NEW)
    y = attend(q[:, :, t - NEW :], k, v, seen, fault)
    return dense(params["out"], y.transpose(0, 2, 1, 3).reshape(n, NEW, WIDTH))


LISTENER = {
    "conv": {"kernel": np.zeros((3, SOUND, WIDTH)), "bias": np.zeros(WIDTH)},
    "attention": {
        **{
            name: {"kernel": np.zeros((WIDTH, HEADS, SIZE)), "bias": np.zeros((HEADS, SIZE))}
            for name in ("query", "key", "value")
        },
        "out": {"kernel": np.zeros((HEADS, SIZE, WIDTH)), "bias": np.zeros(WIDTH)},
    },
    "head": room(WIDTH, 5),
}
CACHED = {"first": room(SOUND, WIDTH), "qkv": room(WIDTH, 3 * WIDTH), "out": room(WIDTH, 5)}


def sounds(time: int) -> Any:
    """Three of them, and their lengths."""
    random = np.random.default_rng(0)
    return random.normal(size=(3, time, SOUND)).astype("float32"), np.array([time, 5, 8])


def listener_pair(fault: str = "") -> dict[str, Any]:
    """The two programs with `nn.MultiheadAttention`."""
    return {
        "model": filled(Listener()).eval(),
        "params": LISTENER,
        "batch": sounds(13),
        "inputs": sounds(13),
        "apply": partial(listener, fault=fault),
        "parameter_map": ParameterMap(
            (
                Layer("conv", "conv", CONV1D),
                Layer("attention", "attention", multihead_attention(HEADS)),
                Layer("head", "head"),
            )
        ),
    }


def cached_pair(fault: str = "") -> dict[str, Any]:
    """The two programs with `scaled_dot_product_attention`."""
    return {
        "model": filled(Cached()).eval(),
        "params": CACHED,
        "batch": sounds(9)[:1],
        "apply": partial(cached, fault=fault),
        "parameter_map": ParameterMap(tuple(Layer(name, name) for name in CACHED)),
    }


MULTI = partial(planted, listener_pair, "MultiheadAttention")
DOT = partial(planted, cached_pair, "scaled_dot_product_attention")
AT = "multi_head_attention_forward of attention"
HERE = "scaled_dot_product_attention"
CASES = [
    Case("", "MultiheadAttention", listener_pair),
    Case("", HERE, cached_pair),
    MULTI("A1", AT, "not scaled", "mlc-ai/mlc-llm#3426"),
    MULTI("A2", AT, "scaled twice", "huggingface/transformers#38290"),
    MULTI("A5", AT, "inverted", "NVIDIA/TransformerEngine#818"),
    MULTI("A13", AT, "it hides keys", "huggingface/transformers#16725"),
    MULTI("A16", AT, "in the order k, v, q", "huggingface/transformers#21519"),
    MULTI("A17", AT, "values are taken for the keys", "huggingface/transformers#40253"),
    MULTI(
        "A28", AT, "over the queries", "labmlai/annotated_deep_learning_paper_implementations#146"
    ),
    MULTI("A29", AT, "put together without a transpose", "reczoo/FuxiCTR#30"),
    MULTI("B6", AT, "dropout", "colehurwitz/IBL_MtM_model#13"),
    DOT("A1", HERE, "not scaled", "mlc-ai/mlc-llm#3426"),
    DOT("A2", HERE, "scaled twice", "huggingface/transformers#38290"),
    DOT("A5", HERE, "inverted", "lucidrains/x-transformers#160"),
    DOT("A8", HERE, "other corner", "pytorch/executorch#21749"),
    DOT("A16", "chunk", "in the order (2, 0, 1)", "huggingface/transformers#21519"),
    DOT("A17", HERE, "values are taken for the keys", "huggingface/transformers#40253"),
    DOT(
        "A28", HERE, "over the queries", "labmlai/annotated_deep_learning_paper_implementations#146"
    ),
    DOT("A29", "chunk", "every 3th block of 6 numbers", "jsbaan/transformer-from-scratch#6"),
    DOT("B6", HERE, "dropout", "colehurwitz/IBL_MtM_model#13"),
]
