"""Attention in one call, done otherwise: `scaled_dot_product_attention`, `nn.MultiheadAttention`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.values import Values
from jaxdl.parity.doctor.variants.dropped import CURE as CURE_
from jaxdl.parity.doctor.variants.dropped import is_dropped
from jaxdl.parity.doctor.variants.masks import CURE, additive, other_masks
from jaxdl.parity.doctor.variants.variant import Argument, Variant, of_arguments


def attention(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`scaled_dot_product_attention`."""
    q, k, v, mask, causal, scale, grouped = _attended(call.args, call.kwargs)
    for cause, cure, options in _ways(q, k, mask, causal, scale, values):

        def run(args: Any, kwargs: Any, options: Any = options) -> Any:
            q, k, v, mask, causal, scale, grouped = _attended(args, kwargs)
            return _attend(*_grouped(q, k, v, grouped), mask, causal, scale, **options)

        yield Variant(cause, cure, of_arguments(run))
    every = _attend(*_grouped(q, k, v, grouped), mask, causal, scale, weights=True)
    for factor, share in is_dropped(every, values):

        def sparse(args: Any, kwargs: Any, factor: Any = factor) -> Any:
            q, k, v, mask, causal, scale, grouped = _attended(args, kwargs)
            return _attend(*_grouped(q, k, v, grouped), mask, causal, scale, times=factor)

        yield Variant(DROPPED.format(share), CURE_, of_arguments(sparse))
    if grouped and q.shape[-3] != k.shape[-3]:

        def tiled(args: Any, kwargs: Any) -> Any:
            q, k, v, mask, causal, scale, _ = _attended(args, kwargs)
            times = q.shape[-3] // k.shape[-3]
            k, v = (t.repeat(*(1,) * (t.ndim - 3), times, 1, 1) for t in (k, v))
            return _attend(q, k, v, mask, causal, scale)

        yield Variant(
            "the heads of the keys are tiled (0, 1, 0, 1), not repeated (0, 0, 1, 1)",
            "jnp.repeat(k, groups, axis=heads)",
            of_arguments(tiled),
        )


def _attended(args: Any, kwargs: Any) -> Any:
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
    found = [Argument(k, name).of(args, kwargs) for k, name in enumerate(names)]
    return (*found[:4], bool(found[5]), found[6], bool(found[7]))


def _grouped(q: Any, k: Any, v: Any, grouped: bool) -> Any:
    if not grouped:
        return q, k, v
    times = q.shape[-3] // k.shape[-3]
    return q, k.repeat_interleave(times, -3), v.repeat_interleave(times, -3)


def _ways(
    q: Any, k: Any, mask: Any, causal: bool, scale: Any, values: Values | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(cause, cure, what `_attend` is to do otherwise)."""
    import torch

    width, heads = q.shape[-1], q.shape[-3] if q.ndim > 2 else 1
    own = 1 / math.sqrt(width) if scale is None else scale
    for cause, number in (
        ("the scores are not scaled", 1.0),
        ("the scores are divided by the root of all heads' width", 1 / math.sqrt(width * heads)),
        ("the scores are scaled twice", own * own),
        ("the scores are divided by the width, not by its root", 1 / width),
        ("the scores are multiplied by √width", math.sqrt(width)),
        ("the scores are divided by the root of the number of heads", 1 / math.sqrt(heads)),
        ("the scores have the default scale, not the one that is given", 1 / math.sqrt(width)),
    ):
        if not math.isclose(number, own):
            yield cause, f"q * {own:.4g}", {"factor": number}
    shape = (*q.shape[:-1], k.shape[-2])
    seen, bias = _split(mask, causal, shape)
    if seen is None:
        ones = torch.ones(shape[-2:], dtype=torch.bool)
        for cause, other in (
            ("there is a causal mask", ones.tril()),
            ("there is a causal mask, set at the last key", ones.tril(shape[-1] - shape[-2])),
        ):
            yield cause, "no causal mask", {"seen": other}
        for cause, other in other_masks(ones.expand(shape), values):
            yield cause, CURE, {"seen": other}
    else:
        for cause, other in other_masks(seen.expand(shape), values):
            yield cause, CURE, {"seen": other}
        for cause, how in (
            ("the mask is multiplied onto the scores", "times"),
            ("the mask is added to the scores as 0 and 1", "plus"),
            ("hidden scores are -1e9", "-1e9"),
            ("hidden scores are -1e4", "-1e4"),
            ("hidden scores are 0 after the softmax, which is not divided anew", "after"),
        ):
            yield cause, "jnp.where(mask, scores, -jnp.inf)", {"hide": how}
    if bias is not None:
        for cause, function in (
            ("the bias of the scores is left out", lambda b: b * 0),
            ("the bias of the scores has the other sign", lambda b: -b),
            ("the bias of the scores is transposed", lambda b: b.transpose(-1, -2)),
            ("the bias of the scores is scaled with them", lambda b: b * own),
            ("the heads' biases are in the reverse order", lambda b: b.flip(-3)),
        ):
            yield cause, "scores * scale + bias", {"bias": function}
    yield "the softmax is taken over the queries", "axis=-1, the keys", {"axis": -2}
    if heads > 1:
        yield "the softmax is taken over the heads", "axis=-1, the keys", {"axis": -3}
    yield "there is no softmax", "softmax(scores) @ v", {"axis": None}
    yield "query and key are exchanged", "q @ k.T", {"exchange": "qk"}
    yield "key and value are exchanged", "softmax(q @ k.T) @ v", {"exchange": "kv"}
    yield "query and value are exchanged", "softmax(q @ k.T) @ v", {"exchange": "qv"}
    yield "the keys are taken for the values", "softmax(q @ k.T) @ v", {"exchange": "kk"}
    yield "the values are taken for the keys", "softmax(q @ k.T) @ v", {"exchange": "vv"}


def _split(mask: Any, causal: bool, shape: Any) -> tuple[Any, Any]:
    """(what is seen, what is added to the scores); None: all, nothing."""
    import torch

    seen = torch.ones(shape[-2:], dtype=torch.bool).tril() if causal else None
    if mask is None:
        return seen, None
    if mask.dtype == torch.bool:
        return (mask if seen is None else mask & seen), None
    hidden = additive(mask)
    if hidden is not None:
        return (hidden if seen is None else hidden & seen), None
    low = mask < -1e3
    if low.any():
        seen = ~low if seen is None else seen & ~low
    return seen, mask.masked_fill(low, 0)


def _attend(
    q: Any,
    k: Any,
    v: Any,
    mask: Any,
    causal: bool,
    scale: Any,
    *,
    factor: float | None = None,
    seen: Any = None,
    hide: str = "",
    bias: Any = None,
    axis: int | None = -1,
    exchange: str = "",
    times: Any = None,
    weights: bool = False,
) -> Any:
    import torch

    ways = {"qk": (k, q, v), "kv": (q, v, k), "qv": (v, k, q), "kk": (q, k, k), "vv": (q, v, v)}
    q, k, v = ways.get(exchange, (q, k, v))
    own = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = q @ k.transpose(-1, -2) * (own if factor is None else factor)
    shown, extra = _split(mask, causal, scores.shape)
    if extra is not None:
        scores = scores + (extra if bias is None else bias(extra))
    shown = shown if seen is None else seen
    after = None
    if shown is not None:
        if hide == "times":
            scores = scores * shown
        elif hide == "plus":
            scores = scores + shown
        elif hide in ("-1e9", "-1e4"):
            scores = scores + (~shown) * float(hide)
        elif hide == "after":
            after = shown
        else:
            scores = scores.masked_fill(~shown, -torch.inf)
    chances = scores if axis is None else scores.softmax(axis)
    for factor in (after, times):
        chances = chances if factor is None else chances * factor
    return chances if weights else chances @ v


DROPPED = "dropout is active: {:.0%} of the weights are 0"
NAMES = (
    *("query", "key", "value", "embed_dim", "num_heads", "in_proj_weight", "in_proj_bias"),
    *("bias_k", "bias_v", "add_zero_attn", "dropout_p", "out_proj_weight", "out_proj_bias"),
)


def multi_head(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`multi_head_attention_forward`, as `nn.MultiheadAttention` calls it: (time, batch, width)."""
    given: dict[str, Any] = {**dict(zip(NAMES, call.args, strict=False)), **call.kwargs}
    if given.get("bias_k") is not None or given["query"].ndim != 3:
        return
    heads, average = given["num_heads"], given.get("average_attn_weights", True)
    time, batch, width = given["query"].shape
    keys = len(given["key"])

    def run(**ways: Any) -> Any:
        def made(args: Any, kwargs: Any) -> Any:
            g: dict[str, Any] = {**dict(zip(NAMES, args, strict=False)), **kwargs}
            y, weights = _multi_head(g, heads, **ways)
            if not g.get("need_weights", True):
                return y, None
            return y, weights.mean(1) if average else weights

        return of_arguments(made)

    q, k = (call.args[0].new_empty(batch, heads, n, width // heads) for n in (time, keys))
    for cause, cure, options in _ways(q, k, _mask(given, batch, heads), False, None, values):
        yield Variant(cause, cure, run(**options))
    every = _multi_head(given, heads)[1]
    for factor, share in is_dropped(every, values):
        yield Variant(DROPPED.format(share), CURE_, run(times=factor))
    for order in product(range(3), repeat=3):
        if order != (0, 1, 2):
            names_ = ", ".join("qkv"[k] for k in order)
            yield Variant(
                f"in_proj is read in the order {names_}",
                "in_proj_weight is q, k, v, one below the other",
                run(order=order),
            )
    for cause, options in (
        ("the heads are split as (width / heads, heads)", {"split": "inner"}),
        ("the heads are split by a reshape of (time, batch)", {"split": "reshape"}),
        ("the heads are put together without a transpose", {"join": "reshape"}),
        ("the heads are put together as (width / heads, heads)", {"join": "inner"}),
        ("in_proj is split by head first: (heads, 3, width / heads)", {"packed": "heads"}),
        ("in_proj is split as (width / heads, heads, 3)", {"packed": "inner"}),
        ("the biases of q, k and v are left out", {"bias": "none"}),
        ("the bias of q is taken for k and v, too", {"bias": "first"}),
        ("the output's bias is left out", {"out_bias": False}),
        ("the output layer is left out", {"out": False}),
        ("attention runs over the batch, not over time (batch_first)", {"turned": True}),
    ):
        cure = "split the width as (heads, width / heads), one head after the other"
        yield Variant(cause, cure, run(**options))


def _mask(g: dict[str, Any], batch: int, heads: int) -> Any:
    """Both masks as one that tells what is seen, or that is added; None: there is none."""
    import torch

    mask, hidden = g.get("attn_mask"), g.get("key_padding_mask")
    if mask is not None:
        mask = ~mask if mask.dtype == torch.bool else mask
        mask = mask.reshape(batch, heads, *mask.shape[-2:]) if mask.ndim == 3 else mask
    if hidden is None:
        return mask
    seen = (~hidden if hidden.dtype == torch.bool else hidden)[:, None, None, :]
    if mask is None:
        return seen
    if mask.dtype == seen.dtype == torch.bool:
        return mask & seen
    floats = [m if m.dtype != torch.bool else torch.where(m, 0.0, -torch.inf) for m in (mask, seen)]
    return floats[0] + floats[1]


def _multi_head(
    g: dict[str, Any],
    heads: int,
    *,
    order: Any = (0, 1, 2),
    split: str = "",
    join: str = "",
    packed: str = "",
    bias: str = "",
    out_bias: bool = True,
    out: bool = True,
    turned: bool = False,
    **ways: Any,
) -> tuple[Any, Any]:
    import torch

    q, k, v = g["query"], g["key"], g["value"]
    if turned:
        q, k, v = (t.transpose(0, 1) for t in (q, k, v))
    time, batch, width = q.shape
    head = width // heads
    b = g["in_proj_bias"]
    if g.get("use_separate_proj_weight"):
        ws = [g[f"{name}_proj_weight"] for name in "qkv"]
    else:
        rows = torch.arange(3 * width)
        if packed == "heads":
            rows = rows.reshape(heads, 3, head).permute(1, 0, 2).reshape(-1)
        elif packed == "inner":
            rows = rows.reshape(head, heads, 3).permute(2, 1, 0).reshape(-1)
        ws = g["in_proj_weight"][rows].chunk(3)
        b = None if b is None else b[rows]
    bs = (None,) * 3 if b is None or bias == "none" else b.chunk(3)
    bs = (bs[0],) * 3 if bias == "first" else bs
    linear = torch.nn.functional.linear
    projected = [linear(x, ws[i], bs[i]) for x, i in zip((q, k, v), order, strict=True)]

    def parts(x: Any) -> Any:  # (time, batch, width) -> (batch, heads, time, head)
        t = x.shape[0]
        if split == "inner":
            return x.reshape(t, batch, head, heads).permute(1, 3, 0, 2)
        if split == "reshape":
            return x.transpose(0, 1).reshape(batch, heads, t, head)
        return x.reshape(t, batch, heads, head).permute(1, 2, 0, 3)

    mask = None if turned else _mask(g, batch, heads)
    each = [parts(x) for x in projected]
    y = _attend(*each, mask, False, None, **ways)
    weights = _attend(*each, mask, False, None, weights=True, **ways)
    if join == "reshape":
        y = y.reshape(batch, time, width)
    elif join == "inner":
        y = y.permute(0, 2, 3, 1).reshape(batch, time, width)
    else:
        y = y.transpose(1, 2).reshape(batch, time, width)
    y = y.transpose(0, 1)
    if out:
        y = linear(y, g["out_proj_weight"], g["out_proj_bias"] if out_bias else None)
    return (y.transpose(0, 1) if turned else y), weights


WITHIN = {
    "scaled_dot_product_attention": attention,
    "multi_head_attention_forward": multi_head,
}
