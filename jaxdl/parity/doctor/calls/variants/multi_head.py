"""`nn.MultiheadAttention` done otherwise: how q, k, v and the heads are cut and joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.attention import DROPPED, attend, ways
from jaxdl.parity.doctor.calls.variants.dropped import CURE, is_dropped
from jaxdl.parity.doctor.calls.variants.variant import Variant, of_arguments

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

    def run(**options: Any) -> Any:
        def made(args: Any, kwargs: Any) -> Any:
            g: dict[str, Any] = {**dict(zip(NAMES, args, strict=False)), **kwargs}
            y, weights = _multi_head(g, heads, **options)
            if not g.get("need_weights", True):
                return y, None
            return y, weights.mean(1) if average else weights

        return of_arguments(made)

    q, k = (call.args[0].new_empty(batch, heads, n, width // heads) for n in (time, keys))
    for cause, cure, options in ways(q, k, _mask(given, batch, heads), False, None, values):
        yield Variant(cause, cure, run(**options))
    every = _multi_head(given, heads)[1]
    for factor, share in is_dropped(every, values):
        yield Variant(DROPPED.format(share), CURE, run(times=factor))
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
    **options: Any,
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
    q, k, v = (parts(x) for x in projected)
    y = attend(q, k, v, mask, False, None, **options)
    weights = attend(q, k, v, mask, False, None, weights=True, **options)
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


WITHIN = {"multi_head_attention_forward": multi_head}
