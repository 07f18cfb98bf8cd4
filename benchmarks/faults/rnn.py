"""Taggers of ragged sentences, with `nn.GRU` on packed sequences and with `nn.LSTM` both ways."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.faults.case import Case, filled
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING, SAME, gru, lstm

WORDS, WIDTH, HIDDEN, TAGS = 11, 5, 6, 4


class Packed(nn.Module):
    """A GRU from left to right, which does not see the padding at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.rnn = nn.GRU(WIDTH, HIDDEN, batch_first=True)
        self.head = nn.Linear(HIDDEN, TAGS)

    def forward(self, ids: Any, lengths: Any) -> Any:
        """Logits of every word, and the last state of every sentence."""
        x = pack_padded_sequence(self.embed(ids), lengths, batch_first=True, enforce_sorted=False)
        y, last = self.rnn(x)
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=ids.shape[1])
        return self.head(y), last[0]


class Directions(nn.Module):
    """An LSTM in both directions, from a state that is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.hidden = nn.Parameter(filled(nn.Embedding(2, HIDDEN)).weight.detach()[:, None])
        self.carry = nn.Parameter(filled(nn.Embedding(2, HIDDEN), 1).weight.detach()[:, None])
        self.rnn = nn.LSTM(WIDTH, HIDDEN, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * HIDDEN, TAGS)
        self.score = nn.Linear(HIDDEN, 3)

    def forward(self, ids: Any) -> Any:
        """Logits of every word, and scores of every sentence."""
        start = [s.expand(2, len(ids), HIDDEN).contiguous() for s in (self.hidden, self.carry)]
        y, (hidden, _) = self.rnn(self.embed(ids), tuple(start))
        return self.head(y), self.score(hidden[0])


def dense(p: Any, x: Any) -> Any:
    """A linear layer."""
    return x @ p["kernel"] + p["bias"]


def table(p: Any, ids: Any, fault: str) -> Any:
    """The rows of the embedding."""
    rows = p["embedding"]
    if fault == "E8":
        return jnp.take(rows, ids + 1, axis=0, mode="clip")
    x = rows[ids]
    return x * (ids != 0)[..., None] if fault == "E1" else x


def gru_step(p: Any, h: Any, x: Any, fault: str) -> Any:
    """One step of a GRU."""
    bias_hh = jnp.zeros_like(p["bias_hh"]) if fault == "R7" else p["bias_hh"]
    xr, xz, xn = jnp.split(x @ p["kernel_ih"] + p["bias_ih"], 3, -1)
    hr, hz, hn = jnp.split(h @ p["kernel_hh"] + bias_hh, 3, -1)
    r, z = jax.nn.sigmoid(xr + hr), jax.nn.sigmoid(xz + hz)
    if fault == "R1":
        hn = (r * h) @ p["kernel_hh"][:, 2 * HIDDEN :] + bias_hh[2 * HIDDEN :]
        r = 1.0
    n = jnp.tanh(xn + (hn if fault == "R15" else r * hn))
    return (1 - z) * h + z * n if fault == "R3" else (1 - z) * n + z * h


def packed(params: Any, ids: Any, lengths: Any, fault: str = "") -> Any:
    """The port of `Packed`, with one fault; "": none."""
    x = table(params["embed"], ids, fault)
    seen = jnp.arange(ids.shape[1])[:, None] < lengths  # (time, batch)

    def step(h: Any, now: Any) -> Any:
        x, seen = now
        new = gru_step(params["rnn"]["l0"], h, x, fault)
        h = new if fault == "R12" else jnp.where(seen[:, None], new, h)
        return h, jnp.where(seen[:, None], new, 0)

    start = jnp.zeros((len(ids), HIDDEN), x.dtype)
    last, y = jax.lax.scan(step, start, (x.swapaxes(0, 1), seen))
    return dense(params["head"], y.swapaxes(0, 1)), last


def lstm_step(p: Any, state: Any, x: Any, fault: str) -> Any:
    """One step of an LSTM."""
    h, c = state
    bias = p["bias_hh"] if fault == "R7" else p["bias_ih"] + p["bias_hh"]
    i, f, g, o = jnp.split(x @ p["kernel_ih"] + h @ p["kernel_hh"] + bias, 4, -1)
    if fault == "R4":
        f, g = g, f
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * (c if fault == "R9" else jnp.tanh(c))
    return (h, c), h


def directions(params: Any, ids: Any, fault: str = "") -> Any:
    """The port of `Directions`, with one fault; "": none."""
    x = table(params["embed"], ids, fault)
    x = x if fault == "R11" else x.swapaxes(0, 1)
    hidden, carry = params["hidden"], params["carry"]
    if fault == "R8":
        hidden, carry = carry, hidden
    found, states = [], []
    for k, (name, reverse) in enumerate((("l0", False), ("l0_reverse", True))):
        start = tuple(jnp.broadcast_to(s[k], (x.shape[1], HIDDEN)) for s in (hidden, carry))
        step = partial(lstm_step, params["rnn"][name], fault=fault)
        last, y = jax.lax.scan(step, start, x, reverse=reverse)
        found.append(y if fault == "R11" else y.swapaxes(0, 1))
        states.append(last)
    last = states[0][1 if fault == "R8 returned" else 0]
    return dense(params["head"], jnp.concatenate(found, -1)), dense(params["score"], last)


def loss(params: Any, batch: Any, fault: str = "") -> Any:
    """The mean cross-entropy of the words that are there."""
    ids, lengths, tags = batch
    logits, _ = packed(params, ids, lengths, fault)
    seen = tags >= 0
    each = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.where(seen, tags, 0))
    return each.mean() if fault == "T49" else (each * seen).sum() / seen.sum()


def torch_loss(net: Any, batch: Any) -> Any:
    """The same, in PyTorch: tag -100 is none."""
    ids, lengths, tags = batch
    return nn.functional.cross_entropy(net(ids, lengths)[0].flatten(0, 1), tags.flatten())


def cells(gates: int, *names: str) -> dict[str, Any]:
    """Room for the parameters of a recurrence."""
    columns = gates * HIDDEN
    return {
        name: {
            "kernel_ih": np.zeros((WIDTH, columns)),
            "kernel_hh": np.zeros((HIDDEN, columns)),
            "bias_ih": np.zeros(columns),
            "bias_hh": np.zeros(columns),
        }
        for name in names
    }


def room(rows: int, columns: int) -> dict[str, Any]:
    """Room for the parameters of a linear layer."""
    return {"kernel": np.zeros((rows, columns)), "bias": np.zeros(columns)}


EMBED = {"embedding": np.zeros((WORDS, WIDTH))}
GRU_PARAMS = {"embed": EMBED, "rnn": cells(3, "l0"), "head": room(HIDDEN, TAGS)}
LSTM_PARAMS = {
    "embed": EMBED,
    "hidden": np.zeros((2, 1, HIDDEN)),
    "carry": np.zeros((2, 1, HIDDEN)),
    "rnn": cells(4, "l0", "l0_reverse"),
    "head": room(2 * HIDDEN, TAGS),
    "score": room(HIDDEN, 3),
}
GRU_MAP = ParameterMap(
    (Layer("embed", "embed", EMBEDDING), Layer("rnn", "rnn", gru()), Layer("head", "head"))
)
LSTM_MAP = ParameterMap(
    (
        Layer("embed", "embed", EMBEDDING),
        Layer("hidden", "hidden", SAME),
        Layer("carry", "carry", SAME),
        Layer("rnn", "rnn", lstm(bidirectional=True)),
        Layer("head", "head"),
        Layer("score", "score"),
    )
)


def sentences(batch: int, time: int) -> Any:
    """(words, lengths, tags): 0 is the padding's word, -100 its tag."""
    random = np.random.default_rng(0)
    lengths = np.array([time, *random.integers(2, time, batch - 1)])
    seen = np.arange(time) < lengths[:, None]
    ids = np.where(seen, random.integers(1, WORDS, (batch, time)), 0)
    return ids, lengths, np.where(seen, random.integers(0, TAGS, (batch, time)), -100)


def gru_pair(fault: str = "") -> dict[str, Any]:
    """The two programs with a GRU."""
    batch = sentences(4, 7)
    return {
        "model": filled(Packed()),
        "params": GRU_PARAMS,
        "batch": batch,
        "inputs": batch[:2],
        "apply": partial(packed, fault=fault),
        "loss": partial(loss, fault=fault),
        "torch_loss": torch_loss,
        "parameter_map": GRU_MAP,
    }


def lstm_pair(fault: str = "") -> dict[str, Any]:
    """The two programs with an LSTM; as many sentences as words where that hides the fault."""
    return {
        "model": filled(Directions()),
        "params": LSTM_PARAMS,
        "batch": sentences(5, 5 if fault == "R11" else 7)[:1],
        "apply": partial(directions, fault=fault),
        "parameter_map": LSTM_MAP,
    }


def planted(
    pair: Any, net: str, fault: str, place: str, cause: str, source: str, stage: str = "forward"
) -> Case:
    """A fault of a net."""
    name = fault.partition(" ")[0]
    return Case(name, net, partial(pair, fault), stage, (place,), (cause,), source)


GRU = partial(planted, gru_pair, "GRU")
LSTM = partial(planted, lstm_pair, "LSTM")
CASES = [
    Case("", "GRU", gru_pair),
    Case("", "LSTM", lstm_pair),
    GRU("E8", "embedding of embed", "indices are one too large", "tensorflow/tfjs#705"),
    GRU("R1", "gru of rnn", "reset gate is applied before the product", "tracel-ai/burn#2704"),
    GRU("R3", "gru of rnn", "update gate is the other way round", "pytorch/pytorch#20129"),
    GRU("R7", "gru of rnn", "bias b_hh is left out", "google/flax#3746"),
    GRU("R12", "gru of rnn", "padded steps change the state", "keras-team/keras#1300"),
    GRU("R15", "gru of rnn", "without the reset gate", "zhiyongc/GRU-D#2"),
    GRU(
        "T49",
        "cross_entropy",
        "ignored targets are not ignored",
        "huggingface/transformers#11616",
        "loss",
    ),
    LSTM(
        "E1", "embedding of embed", "row 0 of the table gives zeros", "PaddlePaddle/PaddleNLP#2006"
    ),
    LSTM("R4", "lstm of rnn", "order igfo, not ifgo", "tensorflow/tensorflow#29622"),
    LSTM("R7", "lstm of rnn", "bias b_ih is left out", "google/flax#3746"),
    LSTM("R8", "lstm of rnn", "h and c of the initial state are exchanged", "microsoft/nni#2842"),
    LSTM(
        "R8 returned", "lstm of rnn", "h and c of the last state are exchanged", "google/flax#5469"
    ),
    LSTM("R9", "lstm of rnn", "no tanh", "XiaLiPKU/RESCAN#2"),
    LSTM("R11", "lstm of rnn", "batch and time are exchanged", "google-deepmind/dm-haiku#298"),
]
