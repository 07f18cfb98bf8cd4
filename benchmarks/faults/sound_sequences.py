"""Sound ports of recurrences: PyTorch's numbers, computed in another form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.rnn import (
    HIDDEN,
    WIDTH,
    WORDS,
    cells,
    dense,
    gru_step,
    lstm_step,
    room,
    sentences,
)
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING, gru, lstm, rnn

KINDS = {"gru": (nn.GRU, 3, gru), "lstm": (nn.LSTM, 4, lstm), "rnn": (nn.RNN, 1, rnn)}


class Reader(nn.Module):
    """Words, a recurrence, a linear layer."""

    def __init__(self, kind: str, both: bool) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.rnn = KINDS[kind][0](WIDTH, HIDDEN, batch_first=True, bidirectional=both)
        self.head = nn.Linear(HIDDEN * (1 + both), 4)

    def forward(self, ids: Any) -> Any:
        """Logits of every word."""
        return self.head(self.rnn(self.embed(ids))[0])


def rnn_step(p: Any, h: Any, x: Any) -> Any:
    """One step of a plain recurrence, its biases one."""
    return jnp.tanh(x @ p["kernel_ih"] + h @ p["kernel_hh"] + (p["bias_ih"] + p["bias_hh"]))


def joined_step(p: Any, state: Any, x: Any) -> Any:
    """An LSTM's step with one product for all."""
    kernel = jnp.concatenate([p["kernel_ih"], p["kernel_hh"]])
    y = jnp.concatenate([x, state[0]], -1) @ kernel + p["bias_ih"] + p["bias_hh"]
    g = jnp.tanh(y[:, 2 * HIDDEN : 3 * HIDDEN])
    i, f, _, o = jnp.split(1 / (1 + jnp.exp(-y)), 4, -1)
    c = f * state[1] + i * g
    return (o * jnp.tanh(c), c), o * jnp.tanh(c)


def hoisted_step(p: Any, h: Any, x: Any) -> Any:
    """A GRU's step on what the input gives already, with r's and z's biases in it."""
    kernels = jnp.split(p["kernel_hh"], 3, -1)
    bias = jnp.split(p["bias_hh"], 3)[2]
    r, z = (jax.nn.sigmoid(x[k] + h @ kernels[k]) for k in range(2))
    n = jnp.tanh(x[2] + r * (h @ kernels[2] + bias))
    return n + z * (h - n)


def read(params: Any, ids: Any, kind: str, way: str) -> Any:
    """The port of `Reader`, in one of several ways."""
    table = params["embed"]["embedding"]
    one_hot = jax.nn.one_hot(ids, WORDS, dtype=table.dtype) @ table
    x = one_hot if way == "one-hot" else table[ids]
    steps: dict[str, Callable[[Any, Any, Any], Any]] = {
        "gru": lambda p, h, x: (gru_step(p, h, x, ""),) * 2,
        "lstm": lambda p, h, x: lstm_step(p, h, x, ""),
        "rnn": lambda p, h, x: (rnn_step(p, h, x),) * 2,
    }
    step = joined_step if way == "joined" else steps[kind]
    step = jax.checkpoint(step) if way == "remat" else jax.jit(step) if way == "jit" else step

    def run(p: Any, x: Any, reverse: bool = False) -> Any:  # (time, batch, width)
        start = jnp.zeros((*x.shape[1:-1], HIDDEN), x.dtype)
        state = (start, start) if kind == "lstm" else start
        if way == "hoisted":
            y = x @ p["kernel_ih"] + p["bias_ih"]
            r, z, n = jnp.split(y, 3, -1)
            b = jnp.split(p["bias_hh"], 3)
            x = (r + b[0], z + b[1], n)
            return jax.lax.scan(lambda h, x: (hoisted_step(p, h, x),) * 2, state, x)[1]
        if way == "unrolled":
            found = []
            for now in x:
                state, y = step(p, state, now)
                found.append(y)
            return jnp.stack(found)
        if way == "fori":

            def body(t: Any, carry: Any) -> Any:
                state, out = carry
                state, y = step(p, state, x[t])
                return state, out.at[t].set(y)

            out = jnp.zeros((*x.shape[:-1], HIDDEN), x.dtype)
            return jax.lax.fori_loop(0, len(x), body, (state, out))[1]
        if way == "flipped" and reverse:
            return jax.lax.scan(partial(step, p), state, x[::-1])[1][::-1]
        return jax.lax.scan(partial(step, p), state, x, reverse=reverse)[1]

    cells = params["rnn"]
    if way == "vmap":
        y = jax.vmap(lambda x: run(cells["l0"], x))(x)
    else:
        x = x.swapaxes(0, 1)
        y = run(cells["l0"], x)
        if "l0_reverse" in cells:
            y = jnp.concatenate([y, run(cells["l0_reverse"], x, True)], -1)
        y = y.swapaxes(0, 1)
    return dense(params["head"], y)


def reader(kind: str, way: str, both: bool = False) -> dict[str, Any]:
    """The two programs."""
    _, gates, rule = KINDS[kind]
    names = ("l0", "l0_reverse") if both else ("l0",)
    return {
        "model": filled(Reader(kind, both)),
        "params": {
            "embed": {"embedding": np.zeros((WORDS, WIDTH))},
            "rnn": cells(gates, *names),
            "head": room(HIDDEN * len(names), 4),
        },
        "batch": sentences(4, 7)[:1],
        "apply": partial(read, kind=kind, way=way),
        "loss": lambda params, batch: jnp.mean(read(params, batch[0], kind, way) ** 2),
        "torch_loss": lambda net, batch: (net(batch[0]) ** 2).mean(),
        "parameter_map": ParameterMap(
            (
                Layer("embed", "embed", EMBEDDING),
                Layer("rnn", "rnn", rule(bidirectional=both)),
                Layer("head", "head"),
            )
        ),
    }


READERS = {
    "gru": ("scan", "unrolled", "fori", "hoisted", "one-hot", "remat", "jit", "vmap"),
    "lstm": ("scan", "unrolled", "fori", "joined", "remat", "vmap"),
    "rnn": ("scan", "unrolled", "jit"),
}
CASES = [
    *(
        Case(way, f"sound {kind}", partial(reader, kind, way))
        for kind, ways in READERS.items()
        for way in ways
    ),
    *(
        Case(way, f"sound {kind} both ways", partial(reader, kind, way, True))
        for kind in KINDS
        for way in ("scan", "flipped")
    ),
]
