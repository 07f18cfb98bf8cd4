"""An encoder and a decoder: positions and biases of several kinds, heads folded into the batch."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.rnn import dense, planted, room
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING, LAYER_NORM

WORDS, WIDTH, HEADS, PAD, TIME = 13, 20, 4, 1, 7
SIZE = WIDTH // HEADS
SLOPES = 2.0 ** -np.arange(1.0, HEADS + 1)
RATES = 50.0 ** (-np.arange(WIDTH // 2) / (WIDTH // 2))


class Attention(nn.Module):
    """Attention whose scores are divided by the layer's number, too."""

    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(WIDTH, WIDTH)
        self.k = nn.Linear(WIDTH, WIDTH)
        self.v = nn.Linear(WIDTH, WIDTH)
        self.o = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Any, memory: Any, seen: Any, bias: Any, layer: int) -> Any:
        """(what comes out, the weights, the bias), heads and batch on one axis in the last two."""
        n = len(x)

        def heads(x: Any) -> Any:
            return x.view(n, -1, HEADS, SIZE).permute(2, 0, 1, 3).reshape(HEADS * n, -1, SIZE)

        q, k, v = heads(self.q(x)), heads(self.k(memory)), heads(self.v(memory))
        scores = torch.bmm(q, k.transpose(1, 2)) / (math.sqrt(SIZE) * (layer + 1))
        if bias is not None:
            scores = scores + bias
        hidden = ~seen.repeat(HEADS, 1)[:, None]
        weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        y = torch.bmm(weights, v).view(HEADS, n, -1, SIZE).permute(1, 2, 0, 3).reshape(n, -1, WIDTH)
        return self.o(y), weights, bias


class Translator(nn.Module):
    """Two layers that read, one that asks them."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH, padding_idx=PAD)
        self.places = nn.Embedding(TIME + PAD + 3, WIDTH, padding_idx=PAD)
        self.layers = nn.ModuleList(Attention() for _ in range(2))
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, eps=1e-3) for _ in range(2))
        self.cross = Attention()
        self.head = nn.Linear(WIDTH, 5)

    def forward(self, ids: Any, target: Any) -> Any:
        """Logits for every word of the target."""
        seen = ids != PAD
        x = self.embed(ids) + self.places(seen.cumsum(1) * seen + PAD)
        steps = torch.arange(TIME, dtype=x.dtype)
        bias = -(steps[:, None] - steps).abs() * x.new_tensor(SLOPES)[:, None, None]
        bias = bias.repeat_interleave(len(ids), 0)
        for layer, (attention, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            y, _, bias = attention(x, x, seen, bias, layer)
            x = norm(x + y)
        angles = steps[:, None] * x.new_tensor(RATES)
        y = self.embed(target) + torch.cat([angles.sin(), angles.cos()], -1)
        return self.head(y + self.cross(y, x, seen, None, 0)[0])


def attention(
    p: Any, x: Any, memory: Any, seen: Any, bias: Any, layer: int, fault: str
) -> tuple[Any, Any, Any]:
    """The port of `Attention`."""
    n = len(x)

    def heads(name: str, x: Any) -> Any:
        y = dense(p[name], x).reshape(n, -1, HEADS, SIZE)
        return y.transpose(2, 0, 1, 3).reshape(HEADS * n, -1, SIZE)

    q, k, v = heads("q", x), heads("k", memory), heads("v", memory)
    scores = q @ k.swapaxes(1, 2) / math.sqrt(SIZE)
    scores = scores if fault == "A4" else scores / (layer + 1)
    scores = scores if bias is None else scores + bias
    seen = jnp.repeat(seen, HEADS, 0) if fault == "A30" else jnp.tile(seen, (HEADS, 1))
    weights = jax.nn.softmax(jnp.where(seen[:, None], scores, -1e30), -1)
    y = (weights @ v).reshape(HEADS, n, -1, SIZE).transpose(1, 2, 0, 3).reshape(n, -1, WIDTH)
    return dense(p["o"], y), weights, bias


def norm(p: Any, x: Any, fault: str) -> Any:
    """The port of the norms."""
    axes = (-2, -1) if fault == "N13" else -1
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    root = var + 1e-3 if fault == "N16" else jnp.sqrt(var + 1e-3)
    root = jnp.sqrt(var) + 1e-3 if fault == "N11" else root
    y = (x - mean) / root
    if fault == "N20":
        return y.astype(jnp.bfloat16).astype(x.dtype) * p["scale"] + p["bias"]
    return y * p["scale"] + p["bias"]


def apply(params: Any, ids: Any, target: Any, fault: str = "") -> Any:
    """The port of `Translator`, with one fault; "": none."""
    table = params["embed"]["embedding"]
    table_of = params["places"]["embedding"]
    seen = ids != PAD
    positions = jnp.cumsum(seen, 1) * seen + PAD
    if fault == "E2":
        positions = jnp.where(seen, positions - PAD - 1, PAD)
    if fault == "A10":
        positions = jnp.broadcast_to(jnp.arange(TIME) + PAD + 1, ids.shape)
    x = table[ids] + table_of[positions]
    steps = jnp.arange(TIME, dtype=x.dtype)
    slopes = jnp.asarray(SLOPES if fault == "A26" else -SLOPES, x.dtype)[:, None, None]
    bias = jnp.repeat(jnp.abs(steps[:, None] - steps) * slopes, len(ids), 0)
    first = bias
    for layer, p in enumerate(params["layers"]):
        y, weights, bias = attention(p, x, x, seen, bias, layer, fault)
        bias = weights if fault == "A25" else bias
        x = norm(params["norms"][layer], x + y, fault)
    angles = steps[:, None] * jnp.asarray(RATES, x.dtype)
    waves = [jnp.sin(angles), jnp.cos(angles)]
    y = table[target] + jnp.concatenate(waves[::-1] if fault == "E9" else waves, -1)
    extra = first if fault == "A24" else None
    return dense(params["head"], y + attention(params["cross"], y, x, seen, extra, 0, fault)[0])


ROOM = {name: room(WIDTH, WIDTH) for name in "qkvo"}
PARAMS = {
    "embed": {"embedding": np.zeros((WORDS, WIDTH))},
    "places": {"embedding": np.zeros((TIME + PAD + 3, WIDTH))},
    "layers": [ROOM, ROOM],
    "norms": [{"scale": np.zeros(WIDTH), "bias": np.zeros(WIDTH)}] * 2,
    "cross": ROOM,
    "head": room(WIDTH, 5),
}
MAP = ParameterMap(
    (
        Layer("embed", "embed", EMBEDDING),
        Layer("places", "places", EMBEDDING),
        *(
            Layer(f"{block}.{name}", f"{block}.{name}")
            for block in ("layers.0", "layers.1", "cross")
            for name in "qkvo"
        ),
        *(Layer(f"norms.{k}", f"norms.{k}", LAYER_NORM) for k in range(2)),
        Layer("head", "head"),
    )
)


def pair(fault: str = "") -> dict[str, Any]:
    """The two programs, on three sentences of different lengths, padded in front."""
    random = np.random.default_rng(0)
    there = np.arange(TIME) >= np.array([[0], [4], [1]])
    ids = np.where(there, random.integers(2, WORDS, (3, TIME)), PAD)
    batch = (ids, random.integers(2, WORDS, (3, TIME)))
    return {
        "model": filled(Translator()),
        "params": PARAMS,
        "batch": batch,
        "inputs": batch,
        "apply": partial(apply, fault=fault),
        "parameter_map": MAP,
    }


FAULT = partial(planted, pair, "translator")
CASES = [
    Case("", "translator", pair),
    FAULT(
        "A4", "div of layers.1", "is 2.23607, not 4.47214", "TransformerLensOrg/TransformerLens#27"
    ),
    FAULT("A10", "embedding of places", "whatever is padding", "huggingface/transformers#22161"),
    FAULT(
        "A24",
        "of cross",
        "the result of repeat_interleave is added to",
        "huggingface/transformers#8518",
    ),
    FAULT(
        "A25",
        "add of layers.1",
        "its input is the result of softmax of layers.0",
        "huggingface/transformers#4499",
    ),
    FAULT("A26", "neg", "neg is left out", "meta-pytorch/attention-gym#86"),
    FAULT(
        "A30",
        "masked_fill of layers.0",
        "repeated in another order",
        "lsdefine/attention-is-all-you-need-keras#36",
    ),
    FAULT("E2", "embedding of places", "2 too small", "huggingface/sentence-transformers#3879"),
    FAULT("E9", "cat", "in the order (1, 0)", "flashinfer-ai/flashinfer#3819"),
    FAULT("N11", "layer_norm of norms.0", "added to the root", "EleutherAI/gpt-neox#1345"),
    FAULT("N13", "layer_norm of norms.0", "over axes (1, 2)", "patrick-kidger/equinox#471"),
    FAULT(
        "N16",
        "layer_norm of norms.0",
        "divided by the variance",
        "danieltan07/tensorflow-cycle-gan#1",
    ),
    FAULT("N20", "layer_norm of norms.0", "bfloat16", "InternLM/lmdeploy#2842"),
]
