"""Linear layers, products, attention, embeddings and the order of axes, done otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import WEIGHT, Argument, Variant, X, of_arguments


def linear(call: Call) -> Iterator[Variant]:
    """`linear`: its weight, its bias, the order of its input after an image was flattened."""
    bias = Argument(2, "bias")
    w, b = WEIGHT.of(call.args, call.kwargs), bias.of(call.args, call.kwargs)
    if b is not None:
        yield Variant("the bias is left out", "use_bias=True, or + bias", bias.as_(None))
        yield Variant(
            "the bias is added twice", "add it once", bias.as_(lambda a, k: 2 * bias.of(a, k))
        )
        yield Variant(
            "the bias is subtracted", "x @ kernel + bias", bias.as_(lambda a, k: -bias.of(a, k))
        )
    if w.ndim == 2 and w.shape[0] == w.shape[1]:
        yield Variant(
            "the weight is not transposed",
            "kernel = weight.T",
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).T),
        )
    if w.ndim == 2:
        yield Variant(
            "the weight is reshaped where it should be transposed",
            "kernel = weight.T, not reshape",
            WEIGHT.as_(lambda a, k: WEIGHT.of(a, k).reshape(w.shape[1], w.shape[0]).T),
        )
        for parts in (2, 3, 4):
            if w.shape[0] % parts == 0 and w.shape[0] > parts:
                for order in permutations(range(parts)):
                    if order != tuple(range(parts)):

                        def swapped(a: Any, k: Any, p: int = parts, o: Any = order) -> Any:
                            x, w, b = (q.of(a, k) for q in (X, WEIGHT, bias))
                            y = x @ w.T + (0 if b is None else b)
                            chunks = y.chunk(p, -1)
                            return _cat([chunks[i] for i in o])

                        yield Variant(
                            f"its {parts} parts stand in the order {order}",
                            "take the parts in PyTorch's order",
                            of_arguments(swapped),
                        )


def _cat(parts: Any) -> Any:
    import torch

    return torch.cat(parts, -1)


def flattened(call: Call) -> Iterator[Variant]:
    """`flatten`, `reshape`, `view` of an image or of heads: in another order of its axes."""
    x = X.of(call.args, call.kwargs)
    if x.ndim < 3:
        return
    shape = call.outputs[0].shape
    for axes in permutations(range(1, x.ndim)):
        if axes == tuple(range(1, x.ndim)):
            continue
        run = of_arguments(lambda a, k, axes=axes: X.of(a, k).permute(0, *axes).reshape(shape))
        names = "" if x.ndim != 4 or axes != (2, 3, 1) else ": height, width, channels"
        yield Variant(
            f"the axes {tuple(range(1, x.ndim))} are read in the order {axes}{names}",
            "bring it into PyTorch's order first (x.transpose(0, 3, 1, 2) of NHWC), or carry "
            "the next kernel with parity.linear_after_flatten",
            run,
        )


def rearranged(call: Call) -> Iterator[Variant]:
    """`transpose`, `permute`: left out, or a reshape in its place, or another order."""
    shape = tuple(call.outputs[0].shape)
    cure = "transpose, and then reshape"
    yield Variant(
        "a reshape stands in place of the transpose",
        cure,
        of_arguments(lambda a, k: X.of(a, k).reshape(shape)),
    )
    x = X.of(call.args, call.kwargs)
    if x.ndim <= 5:
        for axes in permutations(range(x.ndim)):
            if tuple(x.shape[a] for a in axes) == shape:
                run = of_arguments(lambda a, k, axes=axes: X.of(a, k).permute(axes))
                yield Variant(f"the axes are in the order {axes} of PyTorch's", cure, run)


def product(call: Call) -> Iterator[Variant]:
    """`matmul`, `bmm`, `@`: a factor transposed."""
    b = Argument(1, "other")
    x, y = call.args[0], b.of(call.args, call.kwargs)
    if getattr(y, "ndim", 0) >= 2 and y.shape[-1] == y.shape[-2]:
        yield Variant(
            "the second factor is transposed",
            "a @ b",
            b.as_(lambda a, k: b.of(a, k).transpose(-1, -2)),
        )
    if getattr(x, "ndim", 0) >= 2 and x.shape[-1] == x.shape[-2]:
        yield Variant(
            "the first factor is transposed",
            "a @ b",
            of_arguments(lambda a, k: call.function(a[0].transpose(-1, -2), *a[1:], **k)),
        )


def embedding(call: Call) -> Iterator[Variant]:
    """`embedding`: indices shifted, rows scaled, the padding row."""
    table, padding = Argument(1, "weight"), Argument(2, "padding_idx")
    w = table.of(call.args, call.kwargs)
    rows, width = w.shape
    for cause, cure, function in (
        (
            "the indices are one too large",
            "table[ids]",
            lambda i, w: w[(i + 1).clamp(max=rows - 1)],
        ),
        ("the indices are one too small", "table[ids]", lambda i, w: w[(i - 1).clamp(min=0)]),
        ("the indices wrap around one too small", "table[ids]", lambda i, w: w[i - 1]),
        ("the rows are multiplied by √width", "table[ids]", lambda i, w: w[i] * math.sqrt(width)),
        ("the rows are divided by √width", "table[ids]", lambda i, w: w[i] / math.sqrt(width)),
        ("the table is transposed", "embedding = weight, not weight.T", lambda i, w: w.T[i]),
        (
            "the table is reshaped where it should be transposed",
            "embedding = weight",
            lambda i, w: w.T.reshape(rows, width)[i],
        ),
    ):
        if "transposed" in cause and rows != width and "reshaped" not in cause:
            continue
        yield Variant(cause, cure, of_arguments(lambda a, k, f=function: f(a[0], table.of(a, k))))
    own = padding.of(call.args, call.kwargs)
    for row in {0, own} - {None}:

        def blank(a: Any, k: Any, row: int = row) -> Any:
            w = table.of(a, k).clone()
            w[row] = 0
            return w[a[0]]

        yield Variant(
            f"row {row} of the table gives zeros",
            "PyTorch's padding_idx stops the row's gradient; its values are what the table has",
            of_arguments(blank),
        )


def attention(call: Call) -> Iterator[Variant]:
    """`scaled_dot_product_attention`."""
    q, k, _, mask, causal, scale = _attended(call)
    for cause, cure, options in _attention_ways(q, k, mask, causal, scale):
        yield Variant(
            cause,
            cure,
            of_arguments(lambda a, kw, o=options: _attend(*_attended_of(call, a, kw), **o)),
        )


def _attended(call: Call) -> Any:
    return _attended_of(call, call.args, call.kwargs)


def _attended_of(call: Call, args: Any, kwargs: Any) -> Any:
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")
    found = [Argument(k, name).of(args, kwargs) for k, name in enumerate(names)]
    return found[0], found[1], found[2], found[3], bool(found[5]), kwargs.get("scale")


def _attention_ways(q: Any, k: Any, mask: Any, causal: bool, scale: Any) -> Iterator[Any]:
    width = q.shape[-1]
    heads = q.shape[1] if q.ndim == 4 else 1
    own = 1 / math.sqrt(width) if scale is None else scale
    for cause, number in (
        ("the scores are not scaled", 1.0),
        ("the scores are divided by the width, not by its root", 1 / width),
        ("the scores are divided by the root of all heads' width", 1 / math.sqrt(width * heads)),
        ("the scores are scaled twice", own * own),
        ("the scores are multiplied by √width", math.sqrt(width)),
        ("the scores are divided by the root of the number of heads", 1 / math.sqrt(heads)),
    ):
        if not math.isclose(number, own):
            yield cause, f"q * {own:.4g}", {"factor": number}
    causes = {
        "the causal mask hides a position from itself": {"shift": -1},
        "the causal mask shows the next position": {"shift": 1},
        "the causal mask is the wrong way round": {"above": True},
        "the mask is left out": {"hide": "none"},
        "the causal mask starts at the first key, the queries are the last": {"offset": True},
    }
    if causal:
        for cause, options in causes.items():
            yield cause, "jnp.tril: position i sees j ≤ i", options
    else:
        yield "there is a causal mask", "no causal mask", {"shift": 0, "force": True}
    if mask is not None:
        for cause, options in (
            ("the mask is left out", {"hide": "none"}),
            ("the mask means the opposite: True hides", {"hide": "inverted"}),
            ("the mask is multiplied onto the scores", {"hide": "times"}),
            ("the mask is added as 0 and 1", {"hide": "plus"}),
            ("hidden scores are -1e9", {"hide": "-1e9"}),
            ("hidden scores are -1e4", {"hide": "-1e4"}),
            ("hidden scores are 0 after the softmax, which is not divided anew", {"hide": "after"}),
            ("the mask is taken transposed", {"hide": "transposed"}),
        ):
            yield (
                cause,
                "jnp.where(mask, scores, -jnp.inf): in PyTorch's function True may be seen",
                options,
            )
    yield "the softmax is taken over the queries", "axis=-1, the keys", {"axis": -2}
    if heads > 1:
        yield "the softmax is taken over the heads", "axis=-1, the keys", {"axis": 1}
    yield "query and key are exchanged", "q @ k.T", {"exchange": "qk"}
    yield "key and value are exchanged", "softmax(q @ k.T) @ v", {"exchange": "kv"}


def _attend(
    q: Any,
    k: Any,
    v: Any,
    mask: Any,
    causal: bool,
    scale: Any,
    *,
    factor: float | None = None,
    shift: int = 0,
    above: bool = False,
    hide: str = "",
    axis: int = -1,
    exchange: str = "",
    force: bool = False,
    offset: bool = False,
) -> Any:
    import torch

    if exchange == "qk":
        q, k = k, q
    if exchange == "kv":
        k, v = v, k
    own = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = q @ k.transpose(-1, -2) * (own if factor is None else factor)
    seen = None
    if (causal or force) and hide != "none":
        ones = torch.ones(scores.shape[-2:], dtype=torch.bool)
        diagonal = shift + (scores.shape[-1] - scores.shape[-2] if offset else 0)
        seen = ones.triu(shift) if above else ones.tril(diagonal)
    times = None
    if mask is not None and hide != "none":
        mask = mask.transpose(-1, -2) if hide == "transposed" else mask
        if mask.dtype == torch.bool:
            own_mask = ~mask if hide == "inverted" else mask
            if hide == "times":
                scores = scores * mask
            elif hide == "plus":
                scores = scores + mask
            elif hide in ("-1e9", "-1e4"):
                scores = scores + torch.where(mask, 0.0, float(hide)).to(scores.dtype)
            elif hide == "after":
                times = mask
            else:
                seen = own_mask if seen is None else seen & own_mask
        else:
            scores = scores - mask if hide == "inverted" else scores + mask
    if seen is not None:
        scores = scores.masked_fill(~seen, -torch.inf)
    weights = scores.softmax(axis)
    if times is not None:
        weights = weights * times
    return weights @ v


def multi_head(call: Call) -> Iterator[Variant]:
    """`multi_head_attention_forward`, as `nn.MultiheadAttention` calls it: (time, batch, width)."""
    import torch

    heads = Argument(4, "num_heads").of(call.args, call.kwargs)
    names = (
        "query",
        "key",
        "value",
        "embed_dim",
        "num_heads",
        "in_proj_weight",
        "in_proj_bias",
        "bias_k",
        "bias_v",
        "add_zero_attn",
        "dropout_p",
        "out_proj_weight",
        "out_proj_bias",
    )
    given: dict[str, Any] = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    if given.get("use_separate_proj_weight") or given.get("bias_k") is not None:
        return

    def run(**ways: Any) -> Any:
        def made(args: Any, kwargs: Any) -> Any:
            g: dict[str, Any] = {**dict(zip(names, args, strict=False)), **kwargs}
            return _multi_head(g, heads, **ways)

        return of_arguments(made)

    q = given["query"]
    q = q[:, :, None] if q.ndim == 2 else q
    head = q.shape[-1] // heads
    dummy = torch.empty(q.shape[1], heads, q.shape[0], head)
    mask = None
    if given.get("attn_mask") is not None or given.get("key_padding_mask") is not None:
        mask = torch.empty(0)
    ways = _attention_ways(dummy, dummy, mask, False, None)
    for cause, cure, options in ways:
        yield Variant(cause, cure, run(**options))
    for order in permutations(range(3)):
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
        ("in_proj is split by head first: (heads, 3, width / heads)", {"packed": "heads"}),
        ("in_proj is split as (width / heads, heads, 3)", {"packed": "inner"}),
        ("the biases of q, k and v are left out", {"bias": "none"}),
        ("the output's bias is left out", {"out_bias": False}),
        ("the output layer is left out", {"out": False}),
        ("attention runs over the batch, not over time (batch_first)", {"turned": True}),
    ):
        yield Variant(
            cause,
            "split the width as (heads, width / heads), one head after the other",
            run(**options),
        )


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
) -> Any:
    import torch

    q, k, v = g["query"], g["key"], g["value"]
    if turned:
        q, k, v = (t.transpose(0, 1) for t in (q, k, v))
    time, batch, width = q.shape
    head = width // heads
    w, b = g["in_proj_weight"], g["in_proj_bias"]
    rows = torch.arange(3 * width)
    if packed == "heads":
        rows = rows.reshape(heads, 3, head).permute(1, 0, 2).reshape(-1)
    elif packed == "inner":
        rows = rows.reshape(head, heads, 3).permute(2, 1, 0).reshape(-1)
    w = w[rows]
    b = None if b is None or bias == "none" else b[rows]
    ws, bs = w.chunk(3), (None,) * 3 if b is None else b.chunk(3)
    projected = [
        torch.nn.functional.linear(x, ws[i], bs[i]) for x, i in zip((q, k, v), order, strict=True)
    ]

    def parts(x: Any) -> Any:  # (time, batch, width) -> (batch, heads, time, head)
        t = x.shape[0]
        if split == "inner":
            return x.reshape(t, batch, head, heads).permute(1, 3, 0, 2)
        if split == "reshape":
            return x.transpose(0, 1).reshape(batch, heads, t, head)
        return x.reshape(t, batch, heads, head).permute(1, 2, 0, 3)

    mask = g.get("attn_mask")
    if mask is not None:
        mask = ~mask if mask.dtype == torch.bool else mask
        mask = mask.reshape(batch, heads, *mask.shape[-2:]) if mask.ndim == 3 else mask
    hidden = g.get("key_padding_mask")
    if hidden is not None:
        seen = ~hidden if hidden.dtype == torch.bool else hidden
        seen = seen[:, None, None, :]
        if mask is None:
            mask = seen
        elif mask.dtype == seen.dtype == torch.bool:
            mask = mask & seen
        else:
            floats = [
                m if m.dtype != torch.bool else torch.where(m, 0.0, -torch.inf)
                for m in (mask, seen)
            ]
            mask = floats[0] + floats[1]
    heads_of = [parts(x) for x in projected]
    y = _attend(heads_of[0], heads_of[1], heads_of[2], mask, False, None, **ways)
    y = (
        y.reshape(batch, time, width)
        if join == "reshape"
        else y.transpose(1, 2).reshape(batch, time, width)
    )
    y = y.transpose(0, 1)
    if out:
        y = torch.nn.functional.linear(
            y, g["out_proj_weight"], g["out_proj_bias"] if out_bias else None
        )
    return y.transpose(0, 1) if turned else y


TABLE = {
    "linear": linear,
    "flatten": flattened,
    "reshape": flattened,
    "view": flattened,
    "transpose": rearranged,
    "permute": rearranged,
    "movedim": rearranged,
    "swapaxes": rearranged,
    "matmul": product,
    "bmm": product,
    "rmatmul": product,
    "embedding": embedding,
    "scaled_dot_product_attention": attention,
    "multi_head_attention_forward": multi_head,
}
