"""Sound ports of attention: PyTorch's numbers, computed in another form."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from flax import nnx
from torch import nn

from benchmarks.faults.case import Case, filled
from benchmarks.faults.rnn import WORDS, dense, room, sentences
from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rules import EMBEDDING, LAYER_NORM

D, HEADS, SIZE = 12, 3, 4


class Attending(nn.Module):
    """A norm, causal attention of sentences with padding at the end, a head that is the table."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, D)
        self.norm = nn.LayerNorm(D)
        self.q = nn.Linear(D, D)
        self.k = nn.Linear(D, D)
        self.v = nn.Linear(D, D)
        self.o = nn.Linear(D, D)

    def forward(self, ids: Any) -> Any:
        """Logits of every next word, and what attention gave."""
        n, t = ids.shape
        x = self.embed(ids)
        h = self.norm(x)
        q, k, v = (f(h).view(n, t, HEADS, SIZE).transpose(1, 2) for f in (self.q, self.k, self.v))
        seen = torch.ones(t, t, dtype=torch.bool).tril() & (ids != 0)[:, None, None]
        scores = (q @ k.transpose(-1, -2) / math.sqrt(SIZE)).masked_fill(~seen, -1e9)
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, D)
        x = x + self.o(y)
        return x @ self.embed.weight.T, y


def normal(p: Any, x: Any, way: str) -> Any:
    """Layer normalisation."""
    if way == "mean of squares":
        mean = x.mean(-1, keepdims=True)
        var = (x * x).mean(-1, keepdims=True) - mean * mean
        return (x - mean) * (p["scale"] * jax.lax.rsqrt(var + 1e-5)) + p["bias"]
    y = jax.nn.standardize(x, axis=-1, epsilon=1e-5)
    return y * p["scale"] + p["bias"]


def attended(q: Any, k: Any, v: Any, seen: Any, way: str) -> Any:
    """(batch, time, heads, size) each; seen is (batch, 1, time, time)."""
    n, t = q.shape[:2]
    if way == "library":
        return jax.nn.dot_product_attention(q, k, v, mask=seen)
    if way == "vmap":
        one = lambda q, k, v, m: jax.nn.softmax(jnp.where(m, q @ k.T / 2.0, -jnp.inf)) @ v  # noqa: E731
        heads = jax.vmap(one, in_axes=(1, 1, 1, None), out_axes=1)
        return jax.vmap(heads)(q, k, v, seen[:, 0])
    q = q / math.sqrt(SIZE)
    q, k, v = (x.transpose(0, 2, 1, 3) for x in (q, k, v))
    if way == "folded":
        q, k, v = (x.reshape(n * HEADS, t, SIZE) for x in (q, k, v))
        seen = jnp.repeat(seen[:, 0], HEADS, 0)
    if way == "one by one":
        y = [attended_plain(q[:, h], k[:, h], v[:, h], seen[:, 0]) for h in range(HEADS)]
        return jnp.stack(y, 2)
    if way == "blocks":
        return blocks(q, k, v, seen).transpose(0, 2, 1, 3)
    scores = q @ k.swapaxes(-1, -2)
    if way == "einsum":
        scores = jnp.einsum("...qd,...kd->...qk", q, k)
    if way == "additive":
        scores = scores + jnp.where(seen, 0.0, -jnp.inf)
    elif way == "additive -1e10":
        scores = scores + (1.0 - seen.astype(q.dtype)) * -1e10
    elif way == "lowest":
        scores = jnp.where(seen, scores, jnp.finfo(q.dtype).min)
    elif way == "-1e30":
        scores = jnp.where(seen, scores, -1e30)
    else:
        scores = jnp.where(seen, scores, -jnp.inf)
    if way == "by hand":
        e = jnp.exp(scores - scores.max(-1, keepdims=True))
        y = (e @ v) / e.sum(-1, keepdims=True)
    elif way == "logsumexp":
        y = jnp.exp(scores - jax.nn.logsumexp(scores, -1, keepdims=True)) @ v
    elif way == "where":
        y = jax.nn.softmax(scores, -1, where=jnp.broadcast_to(seen, scores.shape)) @ v
    else:
        y = jax.nn.softmax(scores, -1) @ v
    if way == "folded":
        y = y.reshape(n, HEADS, t, SIZE)
    return y.transpose(0, 2, 1, 3)


def attended_plain(q: Any, k: Any, v: Any, seen: Any) -> Any:
    """One head."""
    return jax.nn.softmax(jnp.where(seen, q @ k.swapaxes(-1, -2), -jnp.inf), -1) @ v


def blocks(q: Any, k: Any, v: Any, seen: Any) -> Any:
    """Key by key, with a running maximum, as FlashAttention does it."""

    def step(carry: Any, now: Any) -> Any:
        top, total, y = carry
        k, v, seen = now
        score = jnp.where(seen, (q * k[:, :, None]).sum(-1), -1e30)
        new = jnp.maximum(top, score)
        old, weight = jnp.exp(top - new), jnp.exp(score - new)
        return (
            new,
            total * old + weight,
            y * old[..., None] + weight[..., None] * v[:, :, None],
        ), None

    start = jnp.full(q.shape[:-1], -1e30, q.dtype)
    keys = (k.transpose(2, 0, 1, 3), v.transpose(2, 0, 1, 3), seen.transpose(3, 0, 1, 2))
    (_, total, y), _ = jax.lax.scan(step, (start, 0 * start, 0 * q), keys)
    return y / total[..., None]


def attend(params: Any, ids: Any, way: str) -> Any:
    """The port of `Attending`, in one of several ways."""
    n, t = ids.shape
    table = params["embed"]["embedding"]
    x = jnp.take(table, ids, axis=0)
    h = normal(params["norm"], x, way)
    if way == "fused":
        kernel = jnp.concatenate([params[name]["kernel"] for name in "qkv"], -1)
        bias = jnp.concatenate([params[name]["bias"] for name in "qkv"])
        parts = jnp.split(h @ kernel + bias, 3, -1)
    elif way == "per head":
        parts = [
            jnp.einsum("btd,dhs->bths", h, params[name]["kernel"].reshape(D, HEADS, SIZE))
            + params[name]["bias"].reshape(HEADS, SIZE)
            for name in "qkv"
        ]
    else:
        parts = [dense(params[name], h) for name in "qkv"]
    q, k, v = (p.reshape(n, t, HEADS, SIZE) for p in parts)
    seen = jnp.tril(jnp.ones((t, t), bool)) & (ids != 0)[:, None, None]
    if way == "comparison":
        steps = jnp.arange(t)
        seen = (steps[:, None] >= steps) & (ids != 0)[:, None, None]
    function = partial(attended, way=way)
    function = jax.checkpoint(function) if way == "remat" else function
    y = function(q, k, v, seen).reshape(n, t, D)
    o = params["o"]
    if way == "time first":
        y = y.swapaxes(0, 1)
        out = (dense(o, y)).swapaxes(0, 1)
        y = y.swapaxes(0, 1)
    elif way == "heads summed":
        kernel = o["kernel"].reshape(HEADS, SIZE, D)
        out = jnp.einsum("bths,hsd->btd", y.reshape(n, t, HEADS, SIZE), kernel) + o["bias"]
    else:
        out = dense(o, y)
    return jnp.einsum("btd,wd->btw", x + out, table), y


class Net(nnx.Module):
    """The same as a module of Flax's."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.embed = nnx.Embed(WORDS, D, rngs=rngs)
        self.norm = nnx.LayerNorm(D, epsilon=1e-5, rngs=rngs)
        self.q = nnx.Linear(D, D, rngs=rngs)
        self.k = nnx.Linear(D, D, rngs=rngs)
        self.v = nnx.Linear(D, D, rngs=rngs)
        self.o = nnx.Linear(D, D, rngs=rngs)

    def __call__(self, ids: Any) -> Any:
        """What `Attending` gives."""
        n, t = ids.shape
        x = self.embed(ids)
        h = self.norm(x)
        q, k, v = (f(h).reshape(n, t, HEADS, SIZE) for f in (self.q, self.k, self.v))
        mask = nnx.combine_masks(nnx.make_causal_mask(ids), (ids != 0)[:, None, None])
        y = nnx.dot_product_attention(q, k, v, mask=mask).reshape(n, t, D)
        return self.embed.attend(x + self.o(y)), y


MAP = (Layer("embed", "embed", EMBEDDING), Layer("norm", "norm", LAYER_NORM))
MAP = (*MAP, *(Layer(name, name) for name in "qkvo"))


def attending(way: str) -> dict[str, Any]:
    """The two programs."""
    params: Any = {
        "embed": {"embedding": np.zeros((WORDS, D))},
        "norm": {"scale": np.zeros(D), "bias": np.zeros(D)},
        **{name: room(D, D) for name in "qkvo"},
    }
    ids = sentences(4, 6)[0]
    function = partial(attend, way=way)
    given = {
        "model": filled(Attending()),
        "params": params,
        "batch": (ids,),
        "apply": jax.jit(function) if way == "jit" else function,
        "loss": lambda params, batch: (attend(params, batch[0], way)[0] ** 2).mean(),
        "torch_loss": lambda net, batch: (net(batch[0])[0] ** 2).mean(),
        "parameter_map": ParameterMap(MAP),
    }
    if way == "nnx":
        given |= {"params": Net(nnx.Rngs(0)), "apply": None}
        given["loss"] = lambda net, batch: (net(batch[0])[0] ** 2).mean()
    if way == "collections":
        given["params"] = {"params": params}
        given["parameter_map"] = ParameterMap(MAP, collections=("params",))
        given["apply"] = lambda params, ids: attend(params["params"], ids, way)
        given["loss"] = lambda params, batch: (
            attend(params["params"], batch[0], way)[0] ** 2
        ).mean()
    if way == "no map":
        del given["parameter_map"]
    if way == "by name":
        given |= {"batch": {"ids": ids}, "inputs": {"ids": ids}}
        given["loss"] = lambda params, batch: (attend(params, batch["ids"], way)[0] ** 2).mean()
        given["torch_loss"] = lambda net, batch: (net(batch["ids"])[0] ** 2).mean()
    if way == "frozen":
        for parameter in given["model"].k.parameters():
            parameter.requires_grad_(False)
        given["loss"] = lambda params, batch: (
            attend(params | {"k": jax.lax.stop_gradient(params["k"])}, batch[0], way)[0] ** 2
        ).mean()
    if way == "shifted":  # softmax does not see what is added to all keys
        given["apply"] = lambda params, ids: attend(
            params | {"k": params["k"] | {"bias": params["k"]["bias"] + 1.0}}, ids, way
        )
        del given["loss"], given["torch_loss"]
    return given


ATTENDING = (
    *("matmul", "einsum", "fused", "per head", "heads summed", "folded", "one by one", "vmap"),
    *("blocks", "library", "additive", "additive -1e10", "lowest", "-1e30", "by hand"),
    *("logsumexp", "where", "comparison", "mean of squares", "time first", "remat", "jit"),
    *("nnx", "collections", "no map", "by name", "frozen", "shifted"),
)
CASES = [Case(way, "sound attention", partial(attending, way)) for way in ATTENDING]
