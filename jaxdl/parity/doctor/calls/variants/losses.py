"""Losses done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, X, of_arguments

TARGET = Argument(1, "target")


def reduced(call: Call, default: str = "mean") -> Iterator[Variant]:
    """Any loss: summed where it is averaged, or averaged over something else."""
    own = call.kwargs.get("reduction", default)
    x = X.of(call.args, call.kwargs)

    def whole(args: Any, kwargs: Any) -> Any:
        return call.function(*args, **{**kwargs, "reduction": "none"})

    batch = x.shape[0] if x.ndim else 1
    for cause, reduction, function in (
        ("the loss is summed, not averaged", "sum", lambda y: y.sum()),
        ("the loss is averaged over all elements", "mean of all", lambda y: y.mean()),
        (
            "the loss is summed over an example and averaged over the batch",
            "batch",
            lambda y: y.sum() / batch,
        ),
        ("the loss is halved", "half", lambda y: (y.mean() if own == "mean" else y.sum()) / 2),
        ("the loss is doubled", "twice", lambda y: (y.mean() if own == "mean" else y.sum()) * 2),
        ("the root of the loss is taken", "root", lambda y: y.mean().sqrt()),
        ("the batch's size divides the loss once more", "again", lambda y: y.mean() / batch),
    ):
        if own != reduction:
            run = of_arguments(lambda a, k, f=function: f(whole(a, k)))
            yield Variant(cause, f"reduction={own!r} of PyTorch", run)


def cross_entropy(call: Call) -> Iterator[Variant]:
    """`cross_entropy` and `nll_loss`."""
    import torch
    from torch.nn import functional as F

    weight, ignore = Argument(2, "weight"), Argument(4, "ignore_index", -100)
    args, kwargs = call.args, call.kwargs
    x, y, w = X.of(args, kwargs), TARGET.of(args, kwargs), weight.of(args, kwargs)
    smoothing = kwargs.get("label_smoothing", 0.0)
    hidden = ignore.of(args, kwargs)
    classes = x.shape[1] if x.ndim > 1 else x.shape[0]

    def losses(args: Any, kwargs: Any, **ways: Any) -> Any:
        return _entropies(
            X.of(args, kwargs),
            TARGET.of(args, kwargs),
            weight.of(args, kwargs),
            hidden,
            smoothing,
            log=call.name == "cross_entropy",
            **ways,
        )

    def told(cause: str, cure: str, function: Any) -> Variant:
        return Variant(cause, cure, of_arguments(function))

    yield told(
        "the softmax is taken twice",
        "give the loss the logits",
        lambda a, k: call.function(X.of(a, k).softmax(1), *a[1:], **k),
    )
    yield told(
        "the logarithm of the softmax is left out",
        "jax.nn.log_softmax of the logits",
        lambda a, k: (
            F.nll_loss(X.of(a, k), TARGET.of(a, k))
            if not y.is_floating_point()
            else X.of(a, k).mean()
        ),
    )
    if x.ndim > 2 and not y.is_floating_point():
        yield told(
            "the loss is averaged over the batch alone, summed over the places",
            "average over the places, too",
            lambda a, k: losses(a, k)[0].sum() / x.shape[0],
        )
    if not y.is_floating_point() and bool((y == hidden).any()):
        yield told(
            "ignored targets count as 0 in the mean",
            "divide by the number of targets that count",
            lambda a, k: losses(a, k)[0].mean(),
        )
        yield told(
            "the ignored targets are not ignored",
            f"leave out the targets that are {hidden}",
            lambda a, k: losses(a, k, keep=True)[0].mean(),
        )
    if not y.is_floating_point():
        for value in (-100, -1, 0):
            if value != hidden and bool((y == value).any()):
                yield told(
                    f"targets that are {value} are ignored",
                    f"ignore_index={hidden}",
                    lambda a, k, v=value: call.function(*a, **{**k, "ignore_index": v}),
                )
    if w is not None:
        yield told(
            "the weighted losses are divided by their number, not by the sum of the weights",
            "jnp.sum(w[y] * loss) / jnp.sum(w[y])",
            lambda a, k: _valid_mean(losses(a, k)),
        )
        yield told(
            "the classes' weights are left out",
            "weight the classes",
            lambda a, k: call.function(*weight.put(a, k, None)[0], **weight.put(a, k, None)[1]),
        )
    if not y.is_floating_point() and (x.ndim > 2 or bool((y == hidden).any()) or w is not None):
        n = x.shape[0]
        for parts in (k for k in range(2, n + 1) if n % k == 0):
            first = "each example" if parts == n else f"each of {parts} parts of the batch"
            yield told(
                f"the losses are averaged over {first} first, and then those means",
                "the sum of all losses that count, over their number",
                lambda a, k, p=parts: _means(losses(a, k), p),
            )
    if smoothing:
        k_ = classes
        for cause, value in (
            ("the labels are not smoothed", 0.0),
            (f"smoothing is spread over the other {k_ - 1} classes", smoothing * k_ / (k_ - 1)),
            ("smoothing is divided by the number of classes", smoothing / k_),
        ):
            yield told(
                cause,
                f"label_smoothing={smoothing}: y * (1 - ε) + ε / {k_}",
                lambda a, k, v=value: call.function(*a, **{**k, "label_smoothing": v}),
            )
        if not y.is_floating_point() and bool((y == hidden).any()):
            yield told(
                "the smoothing of ignored targets counts",
                "mask the whole loss",
                lambda a, k: losses(a, k, smooth_all=True)[0].sum() / (y != hidden).sum(),
            )
    else:
        for value in (0.1, 0.05, 0.2):
            if call.name == "cross_entropy":
                yield told(
                    f"the labels are smoothed by {value}",
                    "label_smoothing=0",
                    lambda a, k, v=value: call.function(*a, **{**k, "label_smoothing": v}),
                )
    if not y.is_floating_point():
        for base, name in ((2.0, "2"), (10.0, "10")):
            yield told(
                f"the logarithm is to the base {name}",
                "jnp.log is the natural one",
                lambda a, k, b=base: (
                    call.function(*a, **k) / torch.log(torch.tensor(b, dtype=x.dtype))
                ),
            )
        yield told(
            "1e-8 is added below the logarithm",
            "jax.nn.log_softmax",
            lambda a, k: F.nll_loss((X.of(a, k).softmax(1) + 1e-8).log(), TARGET.of(a, k)),
        )
    yield from reduced(call)


def _entropies(
    x: Any,
    y: Any,
    weight: Any,
    hidden: int,
    smoothing: float,
    *,
    log: bool,
    keep: bool = False,
    smooth_all: bool = False,
) -> tuple[Any, Any]:
    """The loss of each target, and which count."""
    import torch

    scores = x.log_softmax(1) if log else x
    if y.is_floating_point():
        return -(scores * y).sum(1), torch.ones_like(scores[:, 0], dtype=torch.bool)
    counts = torch.ones_like(y, dtype=torch.bool) if keep else y != hidden
    safe = torch.where((y >= 0) & (y < x.shape[1]), y, 0)
    w = torch.ones(x.shape[1], dtype=x.dtype) if weight is None else weight
    shape = (1, -1, *(1,) * (x.ndim - 2))
    picked = -scores.gather(1, safe[:, None])[:, 0] * w[safe]
    smooth = -(scores * w.reshape(shape)).sum(1) / x.shape[1]
    if smooth_all:
        return picked * (1 - smoothing) * counts + smooth * smoothing, counts
    return (picked * (1 - smoothing) + smooth * smoothing) * counts, counts


def _means(found: tuple[Any, Any], parts: int) -> Any:
    """The mean of the means of so many parts."""
    losses, counts = (part.reshape(parts, -1) for part in found)
    return (losses.sum(1) / counts.sum(1)).mean()


def _valid_mean(found: tuple[Any, Any]) -> Any:
    return found[0].sum() / found[1].sum()


def regression(call: Call) -> Iterator[Variant]:
    """`mse_loss`, `l1_loss`, `smooth_l1_loss`, `huber_loss`."""
    from torch.nn import functional as F

    yield from reduced(call)
    own = call.kwargs.get("reduction", "mean")
    others = {
        "the squared error": lambda x, y: F.mse_loss(x, y, reduction=own),
        "half the squared error": lambda x, y: F.mse_loss(x, y, reduction=own) / 2,
        "the absolute error": lambda x, y: F.l1_loss(x, y, reduction=own),
        "the smooth absolute error with beta 1": lambda x, y: F.smooth_l1_loss(x, y, reduction=own),
        "the Huber loss with delta 1": lambda x, y: F.huber_loss(x, y, reduction=own),
        "the logarithm of cosh": lambda x, y: (x - y).cosh().log().mean(),
    }
    if call.name in ("smooth_l1_loss", "huber_loss"):
        name = "beta" if call.name == "smooth_l1_loss" else "delta"
        value = call.kwargs.get(name, 1.0)
        others |= {
            f"the Huber loss with delta {value:g}": lambda x, y: F.huber_loss(
                x, y, delta=value, reduction=own
            ),
            f"the smooth absolute error with beta {value:g}": lambda x, y: F.smooth_l1_loss(
                x, y, beta=value, reduction=own
            ),
        }
    for name, function in others.items():
        run = of_arguments(lambda a, k, f=function: f(X.of(a, k), TARGET.of(a, k)))
        yield Variant(f"the loss is {name}", f"PyTorch has {call.name}", run)
    x = X.of(call.args, call.kwargs)
    if (x.ndim == 2 and x.shape[1] == 1) or x.ndim == 1:
        wide = of_arguments(
            lambda a, k: ((X.of(a, k).reshape(-1, 1) - TARGET.of(a, k).reshape(1, -1)) ** 2).mean()
        )
        yield Variant(
            "outputs (n, 1) and targets (n,) are broadcast to (n, n)", "give both one shape", wide
        )


def binary(call: Call) -> Iterator[Variant]:
    """`binary_cross_entropy` and `binary_cross_entropy_with_logits`."""
    import torch
    from torch.nn import functional as F

    yield from reduced(call)
    own = call.kwargs.get("reduction", "mean")
    logits = "logits" in call.name
    pos = call.kwargs.get("pos_weight")
    weight = Argument(2, "weight")
    others = {
        "the sigmoid is taken twice"
        if logits
        else "the probabilities are taken for logits": lambda x, y: (
            F.binary_cross_entropy_with_logits(torch.sigmoid(x) if logits else x, y, reduction=own)
        ),
        "the term of the negatives is left out": lambda x, y: (
            -(y * (F.logsigmoid(x) if logits else x.log())).mean()
        ),
        "targets and outputs are exchanged": lambda x, y: F.binary_cross_entropy(
            y.clamp(0, 1), torch.sigmoid(x) if logits else x, reduction=own
        ),
        "the positives' weight weights the negatives": lambda x, y: (
            F.binary_cross_entropy_with_logits(-x, 1 - y, pos_weight=pos, reduction=own)
            if pos is not None
            else x.sum()
        ),
        "the probabilities are clipped at 1e-7": lambda x, y: _clipped(x, y, logits, 1e-7),
        "the probabilities are clipped at 1e-8": lambda x, y: _clipped(x, y, logits, 1e-8),
        "1e-8 is added below the logarithm": lambda x, y: _below(x, y, logits, 1e-8),
        "1e-7 is added below the logarithm": lambda x, y: _below(x, y, logits, 1e-7),
        "the logarithm is not held above -100": lambda x, y: _below(x, y, logits, 0.0),
    }
    if pos is not None:  # first: what follows knows no weight
        run = of_arguments(lambda a, k: call.function(*a, **{**k, "pos_weight": None}))
        yield Variant("the positives' weight is left out", "weight the positives", run)
    for cause, function in others.items():
        run = of_arguments(lambda a, k, f=function: f(X.of(a, k), TARGET.of(a, k)))
        yield Variant(cause, f"PyTorch's {call.name}", run)
    if weight.of(call.args, call.kwargs) is not None:
        run = of_arguments(
            lambda a, k: call.function(*weight.put(a, k, None)[0], **weight.put(a, k, None)[1])
        )
        yield Variant("the weights are left out", "weight the elements", run)


def _clipped(x: Any, y: Any, logits: bool, eps: float) -> Any:
    p = (x.sigmoid() if logits else x).clamp(eps, 1 - eps)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def _below(x: Any, y: Any, logits: bool, eps: float) -> Any:
    p = x.sigmoid() if logits else x
    return -(y * (p + eps).log() + (1 - y) * (1 - p + eps).log()).mean()


def divergence(call: Call) -> Iterator[Variant]:
    """`kl_div`."""
    own = call.kwargs.get("reduction", "mean")
    log = call.kwargs.get("log_target", False)
    x = X.of(call.args, call.kwargs)

    def each(a: Any, k: Any) -> Any:
        return call.function(*a, **{**k, "reduction": "none"})

    for cause, name, function in (
        ("averaged over all elements", "mean", lambda y: y.mean()),
        (
            "summed over an example and averaged over the batch",
            "batchmean",
            lambda y: y.sum() / x.shape[0],
        ),
        ("summed", "sum", lambda y: y.sum()),
        ("summed over the classes and averaged over the rest", "last", lambda y: y.sum(-1).mean()),
    ):
        if name != own:
            run = of_arguments(lambda a, k, f=function: f(each(a, k)))
            yield Variant(f"the divergence is {cause}", f"reduction={own!r}", run)
    yield Variant(
        "the two distributions are exchanged",
        "kl_div(log q, p) is sum p (log p - log q)",
        of_arguments(
            lambda a, k: call.function(
                TARGET.of(a, k) if log else TARGET.of(a, k).log(),
                X.of(a, k) if log else X.of(a, k).exp(),
                *a[2:],
                **k,
            )
        ),
    )
    yield Variant(
        "the targets are taken for logarithms, or the reverse",
        f"log_target={log}",
        of_arguments(lambda a, k: call.function(*a, **{**k, "log_target": not log})),
    )
    yield Variant(
        "the targets' own entropy is left out: a cross-entropy",
        "p (log p - log q)",
        of_arguments(
            lambda a, k: (
                -(TARGET.of(a, k) * X.of(a, k)).sum()
                / (x.shape[0] if own == "batchmean" else x.numel() if own == "mean" else 1)
            )
        ),
    )


TABLE = {
    "cross_entropy": cross_entropy,
    "nll_loss": cross_entropy,
    "mse_loss": regression,
    "l1_loss": regression,
    "smooth_l1_loss": regression,
    "huber_loss": regression,
    "binary_cross_entropy": binary,
    "binary_cross_entropy_with_logits": binary,
    "kl_div": divergence,
}
