"""`scaled_dot_product_attention` and `nn.MultiheadAttention` done otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.dropped import CURE as CURE_
from jaxdl.parity.doctor.calls.variants.dropped import is_dropped
from jaxdl.parity.doctor.calls.variants.masks import CURE, additive, other_masks
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, of_arguments


def attention(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`scaled_dot_product_attention`."""
    q, k, _, mask, causal, scale, grouped = _attended(call.args, call.kwargs)

    def run(args: Any, kwargs: Any, **options: Any) -> Any:
        q, k, v, mask, causal, scale, grouped = _attended(args, kwargs)
        if grouped:
            k, v = (t.repeat_interleave(q.shape[-3] // t.shape[-3], -3) for t in (k, v))
        return attend(q, k, v, mask, causal, scale, **options)

    for cause, cure, options in ways(q, k, mask, causal, scale, values):
        yield Variant(cause, cure, of_arguments(lambda a, kw, o=options: run(a, kw, **o)))
    every = run(call.args, call.kwargs, weights=True)
    for factor, share in is_dropped(every, values):
        sparse = of_arguments(lambda a, kw, f=factor: run(a, kw, times=f))
        yield Variant(DROPPED.format(share), CURE_, sparse)
    if grouped and q.shape[-3] != k.shape[-3]:

        def tiled(args: Any, kwargs: Any) -> Any:
            q, k, v, mask, causal, scale, _ = _attended(args, kwargs)
            times = q.shape[-3] // k.shape[-3]
            k, v = (t.repeat(*(1,) * (t.ndim - 3), times, 1, 1) for t in (k, v))
            return attend(q, k, v, mask, causal, scale)

        yield Variant(
            "the heads of the keys are tiled (0, 1, 0, 1), not repeated (0, 0, 1, 1)",
            "jnp.repeat(k, groups, axis=heads)",
            of_arguments(tiled),
        )


def _attended(args: Any, kwargs: Any) -> Any:
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
    found = [Argument(k, name).of(args, kwargs) for k, name in enumerate(names)]
    return (*found[:4], bool(found[5]), found[6], bool(found[7]))


def ways(
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

    def masked(cause: str, other: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield cause, CURE, {"seen": other}
        if not other.any(-1).all():  # a query that sees nothing: no NaN, where -inf is a number
            for how in ("fill", "-1e9"):
                yield f"{cause}, and what is hidden is -1e9", CURE, {"seen": other, "hide": how}

    if seen is None:
        ones = torch.ones(shape[-2:], dtype=torch.bool)
        for cause, other in (
            ("there is a causal mask", ones.tril()),
            ("there is a causal mask, set at the last key", ones.tril(shape[-1] - shape[-2])),
        ):
            yield cause, "no causal mask", {"seen": other}
        for cause, other in other_masks(ones.expand(shape), values):
            yield from masked(cause, other)
    else:
        for cause, other in other_masks(seen.expand(shape), values):
            yield from masked(cause, other)
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


def attend(
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
    """Attention in plain PyTorch.

    Args:
        q, k, v: (…, time, size) each.
        mask, causal, scale: PyTorch's.
        factor: of the scores, in the scale's place.
        seen: the mask, in the mask's place.
        hide: how what is hidden is hidden.
        bias: what is done to a mask of numbers before it is added.
        axis: of the softmax; None: there is none.
        exchange: which two of q, k and v stand for each other.
        times: what the weights are multiplied by.
        weights: they are the result.
    """
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
        elif hide == "fill":
            scores = scores.masked_fill(~shown, -1e9)
        elif hide == "after":
            after = shown
        else:
            scores = scores.masked_fill(~shown, -torch.inf)
    chances = scores if axis is None else scores.softmax(axis)
    for factor in (after, times):
        chances = chances if factor is None else chances * factor
    return chances if weights else chances @ v


DROPPED = "dropout is active: {:.0%} of the weights are 0"
WITHIN = {
    "scaled_dot_product_attention": attention,
}
