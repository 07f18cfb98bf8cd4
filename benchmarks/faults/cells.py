"""Recurrences written out, step by step: a GRU and an LSTM, on sentences with padding in front."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import torch
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.rnn import HIDDEN, TAGS, WIDTH, WORDS, dense, planted, room, sentences
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING

FORGET = 1.0  # is added in the LSTM's forget gate


class Gated(nn.Module):
    """A GRU whose state a step of padding leaves as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.input = nn.Linear(WIDTH, 3 * HIDDEN)
        self.state = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.head = nn.Linear(HIDDEN, TAGS)

    def step(self, x: Any, h: Any) -> Any:
        """The next state."""
        xr, xz, xn = self.input(x).chunk(3, -1)
        hr, hz, hn = self.state(h).chunk(3, -1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        n = torch.tanh(xn + r * hn)
        return (1 - z) * n + z * h

    def forward(self, ids: Any) -> Any:
        """Logits of every word."""
        seen = ids != 0
        x = self.embed(ids) * seen[..., None]
        h, found = x.new_zeros(len(ids), HIDDEN), []
        for t in range(ids.shape[1]):
            h = torch.where(seen[:, t, None], self.step(x[:, t], h), h)
            found.append(h)
        return self.head(torch.stack(found, 1))


class Remembering(nn.Module):
    """An LSTM with one matrix for all gates, and more forgetfulness the less it is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.gates = nn.Linear(WIDTH + HIDDEN, 4 * HIDDEN)
        self.head = nn.Linear(HIDDEN, TAGS)

    def forward(self, ids: Any) -> Any:
        """Logits of every word."""
        x = self.embed(ids)
        h = c = x.new_zeros(len(ids), HIDDEN)
        found = []
        for t in range(ids.shape[1]):
            i, f, g, o = self.gates(torch.cat([x[:, t], h], -1)).chunk(4, -1)
            c = torch.sigmoid(f + FORGET) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            found.append(h)
        return self.head(torch.stack(found, 1))


def gated(params: Any, ids: Any, fault: str = "") -> Any:
    """The port of `Gated`, with one fault; "": none."""
    seen = ids != 0
    x = params["embed"]["embedding"][ids] * seen[..., None]
    state = params["state"]

    def step(h: Any, now: Any) -> Any:
        x, seen = now
        xr, xz, xn = jnp.split(dense(params["input"], x), 3, -1)
        hr, hz, hn = jnp.split(dense(state, h), 3, -1)
        r, z = jax.nn.sigmoid(xr + hr), jax.nn.sigmoid(xz + hz)
        if fault == "R1":
            last = slice(2 * HIDDEN, None)
            n = jnp.tanh(xn + (r * h) @ state["kernel"][:, last] + state["bias"][last])
        else:
            n = jnp.tanh(xn + (hn if fault == "R15" else r * hn))
        new = (1 - z) * h + z * n if fault == "R3" else (1 - z) * n + z * h
        h = new if fault == "R12" else jnp.where(seen[:, None], new, h)
        return h, h

    start = jnp.zeros((len(ids), HIDDEN), x.dtype)
    _, y = jax.lax.scan(step, start, (x.swapaxes(0, 1), seen.T))
    return dense(params["head"], y.swapaxes(0, 1))


def remembering(params: Any, ids: Any, fault: str = "") -> Any:
    """The port of `Remembering`, with one fault; "": none."""
    x = params["embed"]["embedding"][ids]

    def step(state: Any, x: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(dense(params["gates"], jnp.concatenate([x, h], -1)), 4, -1)
        if fault == "R4":
            f, g = g, f
        keep = jax.nn.sigmoid(f) + FORGET if fault == "R5" else jax.nn.sigmoid(f + FORGET)
        c = keep * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * (c if fault == "R9" else jnp.tanh(c))
        return ((c, h) if fault == "R8" else (h, c)), h

    start = jnp.zeros((len(ids), HIDDEN), x.dtype)
    _, y = jax.lax.scan(step, (start, start), x.swapaxes(0, 1))
    return dense(params["head"], y.swapaxes(0, 1))


EMBED = {"embedding": filled(nn.Embedding(WORDS, WIDTH)).weight.detach().numpy()}
GATED = {
    "embed": EMBED,
    "input": room(WIDTH, 3 * HIDDEN),
    "state": room(HIDDEN, 3 * HIDDEN),
    "head": room(HIDDEN, TAGS),
}
REMEMBERING = {
    "embed": EMBED,
    "gates": room(WIDTH + HIDDEN, 4 * HIDDEN),
    "head": room(HIDDEN, TAGS),
}


def pair(model: Any, apply: Any, params: Any, fault: str = "") -> dict[str, Any]:
    """The two programs."""
    layers = [
        Layer(name, name, EMBEDDING) if name == "embed" else Layer(name, name) for name in params
    ]
    return {
        "model": filled(model()),
        "params": params,
        "batch": (sentences(4, 7)[0][:, ::-1].copy(),),
        "apply": partial(apply, fault=fault),
        "parameter_map": ParameterMap(tuple(layers)),
    }


gated_pair = partial(pair, Gated, gated, GATED)
remembering_pair = partial(pair, Remembering, remembering, REMEMBERING)
GRU = partial(planted, gated_pair, "GRU by hand")
LSTM = partial(planted, remembering_pair, "LSTM by hand")
CASES = [
    Case("", "GRU by hand", gated_pair),
    Case("", "LSTM by hand", remembering_pair),
    GRU("R1", "mul", "before linear of state", "tracel-ai/burn#2704"),
    GRU("R3", "add", "gate is the other way round", "pytorch/pytorch#20129"),
    GRU("R12", "where", "where is left out", "keras-team/keras#1300"),
    GRU("R15", "mul", "mul is left out", "zhiyongc/GRU-D#2"),
    LSTM("R4", "chunk", "in the order (0, 2, 1, 3)", "tensorflow/tensorflow#29622"),
    LSTM("R5", "sigmoid", "sigmoid stands before add", "apache/tvm#3410"),
    LSTM("R8", "cat", "its input is the result of add, not of mul", "microsoft/nni#2842"),
    LSTM("R9", "tanh", "tanh is left out", "XiaLiPKU/RESCAN#2"),
]
