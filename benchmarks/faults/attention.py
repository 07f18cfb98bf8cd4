"""A decoder written out: rotary positions, grouped queries, a sliding window, gated activations."""

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
from jaxdl.parity.rules import EMBEDDING, SAME

WORDS, WIDTH, HEADS, GROUPS, SIZE, INNER = 13, 24, 4, 2, 8, 10
WINDOW, LAYERS, EPS, STRETCH = 3, 2, 1e-3, 4.0
FREQUENCIES = 100.0 ** (-np.arange(SIZE // 2) / (SIZE // 2))


class Scale(nn.Module):
    """RMSNorm whose weight is an offset from one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(WIDTH))

    def forward(self, x: Any) -> Any:
        """x over its root mean square."""
        square = x.pow(2).mean(-1, keepdim=True)
        return x / torch.sqrt(square + EPS) * (1 + self.weight)


def rotated(x: Any, cos: Any, sin: Any) -> Any:
    """Each number with the one half a head further."""
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


class Attention(nn.Module):
    """Four heads of queries, two of keys and values."""

    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(WIDTH, HEADS * SIZE)
        self.k = nn.Linear(WIDTH, GROUPS * SIZE)
        self.v = nn.Linear(WIDTH, GROUPS * SIZE)
        self.o = nn.Linear(HEADS * SIZE, WIDTH)

    def forward(self, x: Any, cos: Any, sin: Any, seen: Any) -> Any:
        """(batch, time, width) -> the same."""
        n, t, _ = x.shape
        q = self.q(x).view(n, t, HEADS, SIZE).transpose(1, 2)
        k = self.k(x).view(n, t, GROUPS, SIZE).transpose(1, 2)
        v = self.v(x).view(n, t, GROUPS, SIZE).transpose(1, 2)
        q, k = rotated(q, cos, sin), rotated(k, cos, sin)
        k = k.repeat_interleave(HEADS // GROUPS, 1)
        v = v.repeat_interleave(HEADS // GROUPS, 1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(SIZE)
        weights = scores.masked_fill(~seen, -1e9).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).reshape(n, t, HEADS * SIZE))


class Block(nn.Module):
    """Attention, and a gated layer, each with a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = Scale()
        self.attention = Attention()
        self.second = Scale()
        self.gate = nn.Linear(WIDTH, 2 * INNER)
        self.down = nn.Linear(INNER, WIDTH)

    def forward(self, x: Any, cos: Any, sin: Any, seen: Any) -> Any:
        """(batch, time, width) -> the same."""
        x = x + self.attention(self.norm(x), cos, sin, seen)
        a, b = self.gate(self.second(x)).chunk(2, -1)
        return x + self.down(a * torch.sigmoid(1.702 * a) * b)


class Decoder(nn.Module):
    """Words in, logits of the next word out; the head is the table of the words."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = Scale()

    def forward(self, ids: Any) -> Any:
        """Padding, word 0, stands in front."""
        there = ids != 0
        frequencies = self.embed.weight.new_tensor(FREQUENCIES)
        positions = (there.cumsum(-1) - 1).clamp(min=0).to(frequencies.dtype)
        angles = positions[:, :, None] / STRETCH * frequencies
        angles = torch.cat([angles, angles], -1)[:, None]
        steps = torch.arange(ids.shape[1])
        apart = steps[:, None] - steps
        seen = (apart >= 0) & (apart < WINDOW) & there[:, None, None]
        x = self.embed(ids) * math.sqrt(WIDTH)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin(), seen)
        return self.norm(x) @ self.embed.weight.T


def low(x: Any, dtype: Any) -> Any:
    """Rounded."""
    return x.astype(dtype).astype(x.dtype)


def scale(weight: Any, x: Any, fault: str) -> Any:
    """The port of `Scale`."""
    half = x.astype(jnp.float16) if fault == "N19" else x
    square = (half**2).mean(-1, keepdims=True).astype(x.dtype)
    weight = weight if fault == "N17" else 1 + weight
    if fault == "N11":
        return x / (jnp.sqrt(square) + EPS) * weight
    if fault == "N16":
        return x / (square + EPS) * weight
    return x / jnp.sqrt(square + EPS) * weight


def turned(x: Any, cos: Any, sin: Any, fault: str) -> Any:
    """The port of `rotated`."""
    if fault == "A18":
        a, b = x[..., ::2], x[..., 1::2]
        other = jnp.stack([-b, a], -1).reshape(x.shape)
    elif fault == "A20":
        half = x[..., : SIZE // 2]
        a, b = jnp.split(half, 2, -1)
        new = half * cos + jnp.concatenate([-b, a], -1) * sin
        return jnp.concatenate([new, x[..., SIZE // 2 :]], -1)
    else:
        a, b = jnp.split(x, 2, -1)
        other = jnp.concatenate([-b, a], -1)
    return x * cos + other * sin


def attention(p: Any, x: Any, cos: Any, sin: Any, seen: Any, fault: str) -> Any:
    """The port of `Attention`."""
    n, t, _ = x.shape

    def heads(name: str, count: int) -> Any:
        return dense(p[name], x).reshape(n, t, count, SIZE).transpose(0, 2, 1, 3)

    q, k, v = heads("q", HEADS), heads("k", GROUPS), heads("v", GROUPS)
    q, k = turned(q, cos, sin, fault), turned(k, cos, sin, fault)
    if fault == "A14":
        k, v = (jnp.tile(a, (1, HEADS // GROUPS, 1, 1)) for a in (k, v))
    else:
        k, v = (jnp.repeat(a, HEADS // GROUPS, axis=1) for a in (k, v))
    scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) / (1 if fault == "A1" else math.sqrt(SIZE))
    if fault == "A2":
        scores = scores / math.sqrt(SIZE)
    scores = jnp.where(seen, scores, -1e9)
    scores = low(scores, jnp.float16) if fault == "A6" else scores
    weights = jax.nn.softmax(scores, axis=-2 if fault == "A28" else -1)
    y = weights @ v
    y = y if fault == "A29" else y.transpose(0, 2, 1, 3)
    return dense(p["o"], y.reshape(n, t, HEADS * SIZE))


def block(p: Any, x: Any, cos: Any, sin: Any, seen: Any, fault: str) -> Any:
    """The port of `Block`."""
    x = x + attention(p["attention"], scale(p["norm"], x, fault), cos, sin, seen, fault)
    gate = p["gate"]
    bias = jnp.tile(gate["bias"][:INNER], 2) if fault == "B8" else gate["bias"]
    a, b = jnp.split(scale(p["second"], x, fault) @ gate["kernel"] + bias, 2, -1)
    a = jax.nn.gelu(a, approximate=False) if fault == "X2" else a * jax.nn.sigmoid(1.702 * a)
    return x + dense(p["down"], a * b)


def apply(params: Any, ids: Any, fault: str = "") -> Any:
    """The port of `Decoder`, with one fault; "": none."""
    table = params["embed"]["embedding"]
    there = ids != 0
    steps = jnp.arange(ids.shape[1])
    positions = jnp.maximum(jnp.cumsum(there, -1) - 1, 0)
    positions = jnp.broadcast_to(steps, ids.shape) if fault == "A10" else positions
    frequencies = jnp.asarray(FREQUENCIES, table.dtype)
    frequencies = low(frequencies, jnp.bfloat16) if fault == "A21" else frequencies
    stretch = 1.0 if fault == "A22" else STRETCH
    angles = (positions[:, :, None] / stretch * frequencies)[:, None]
    if fault == "A20":
        angles = angles[..., : SIZE // 4]
    angles = jnp.repeat(angles, 2, -1) if fault == "A18" else jnp.concatenate([angles] * 2, -1)
    apart = steps[:, None] - steps
    seen = (apart >= 0) & (apart < (WINDOW + 1 if fault == "A9" else WINDOW))
    if fault != "A12":
        seen = seen & there[:, None, None]
    seen = ~seen if fault == "A5" else seen
    root = {"E4": 1.0, "E5": low(jnp.asarray(WIDTH**0.5), jnp.bfloat16)}.get(fault, WIDTH**0.5)
    x = table[ids] * root
    for p in params["blocks"]:
        x = block(p, x, jnp.cos(angles), jnp.sin(angles), seen, fault)
    head = jax.lax.stop_gradient(table) if fault == "E6" else table
    return scale(params["norm"], x, fault) @ head.T


def loss(params: Any, batch: Any, fault: str = "") -> Any:
    """The mean cross-entropy of the next word."""
    ids = batch[0]
    chances = jax.nn.log_softmax(apply(params, ids, fault)[:, :-1])
    return -jnp.take_along_axis(chances, ids[:, 1:, None], -1).mean()


def torch_loss(net: Any, batch: Any) -> Any:
    """The same, in PyTorch."""
    logits = net(batch[0])[:, :-1]
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch[0][:, 1:].flatten())


def parameters() -> dict[str, Any]:
    """Room for the parameters."""
    block = {
        "norm": np.zeros(WIDTH),
        "attention": {
            "q": room(WIDTH, HEADS * SIZE),
            "k": room(WIDTH, GROUPS * SIZE),
            "v": room(WIDTH, GROUPS * SIZE),
            "o": room(HEADS * SIZE, WIDTH),
        },
        "second": np.zeros(WIDTH),
        "gate": room(WIDTH, 2 * INNER),
        "down": room(INNER, WIDTH),
    }
    return {
        "embed": {"embedding": np.zeros((WORDS, WIDTH))},
        "blocks": [block] * LAYERS,
        "norm": np.zeros(WIDTH),
    }


def layers() -> list[Layer]:
    """The map."""
    found = [Layer("embed", "embed", EMBEDDING), Layer("norm.weight", "norm", SAME)]
    for k in range(LAYERS):
        for name in ("norm", "second"):
            found.append(Layer(f"blocks.{k}.{name}.weight", f"blocks.{k}.{name}", SAME))
        for name in ("attention.q", "attention.k", "attention.v", "attention.o", "gate", "down"):
            found.append(Layer(f"blocks.{k}.{name}", f"blocks.{k}.{name}"))
    return found


def pair(fault: str = "") -> dict[str, Any]:
    """The two programs, on three sentences of different lengths."""
    random = np.random.default_rng(0)
    ids = np.where(np.arange(7) >= np.array([[0], [4], [1]]), random.integers(1, WORDS, (3, 7)), 0)
    return {
        "model": filled(Decoder()),
        "params": parameters(),
        "batch": (ids,),
        "apply": partial(apply, fault=fault),
        "loss": partial(loss, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": ParameterMap(tuple(layers())),
    }


FAULT = partial(planted, pair, "decoder")
CASES = [
    Case("", "decoder", pair),
    FAULT("A1", "div of blocks.0.attention", "div is left out", "mlc-ai/mlc-llm#3426"),
    FAULT("A2", "of blocks.0.attention", "multiplied by", "huggingface/transformers#38290"),
    FAULT("A5", "masked_fill of blocks.0.attention", "inverted", "lucidrains/x-transformers#160"),
    FAULT("A6", "of blocks.0.attention", "rounded to float16", "google/flax#982"),
    FAULT(
        "A9",
        "masked_fill of blocks.0.attention",
        "1 more to the left",
        "huggingface/transformers#29176",
    ),
    FAULT(
        "A12",
        "masked_fill of blocks.0.attention",
        "its part by example is left out",
        "huggingface/transformers#26663",
    ),
    FAULT("A14", "repeat_interleave", "tiled", "ekzhang/jax-js#180"),
    FAULT("A18", "add", "(2i, 2i + 1)", "AI-Hypercomputer/maxtext#581"),
    FAULT("A20", "add", "only the first 4 of 8", "TransformerLensOrg/TransformerLens#1621"),
    FAULT("A21", "mul", "rounded to bfloat16", "Modalities/modalities#462"),
    FAULT("A22", "div", "div is left out", "Blaizzy/mlx-vlm#1709"),
    FAULT(
        "A28",
        "softmax of blocks.0.attention",
        "taken along axis 2",
        "labmlai/annotated_deep_learning_paper_implementations#146",
    ),
    FAULT("A29", "blocks.0.attention", "transpose", "jsbaan/transformer-from-scratch#6"),
    FAULT("B8", "linear of blocks.0.gate", "bias's 2 parts", "NVIDIA/TransformerEngine#196"),
    FAULT("E4", "mul", "mul is left out", "marin-community/levanter#978"),
    FAULT("E5", "mul", "is 4.90625, not 4.89898", "huggingface/transformers#29402"),
    FAULT("E6", "T", "no gradient flows through T", "NVIDIA-NeMo/Automodel#2511", "gradient"),
    FAULT("N11", "blocks.0.norm", "sqrt stands before add", "EleutherAI/gpt-neox#1345"),
    FAULT("N16", "sqrt of blocks.0.norm", "left out", "danieltan07/tensorflow-cycle-gan#1"),
    FAULT("N17", "add of blocks.0.norm", "add is left out", "NeuraLegion/shainet#176"),
    FAULT("N19", "blocks.0.norm", "float16", "young-geng/EasyLM#50"),
    FAULT("X2", "blocks.0", "gelu", "mindspore-lab/mindone#225"),
]
