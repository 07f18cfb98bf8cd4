"""Faults of losses: what is averaged, masked, weighted, smoothed."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from torch.nn import functional as F

from benchmarks.faults import mlp
from benchmarks.faults.case import Case
from benchmarks.faults.trained import NETS, words_apply

RANDOM = np.random.default_rng(11)
WEIGHTS = np.array([0.5, 2.0, 1.0, 3.0, 0.7])
PADDED = np.array([0, 3, -100, 1, 4, -100, -100, 2, 0])
TARGETS = RANDOM.normal(size=(9, 5)).astype("float32")
PROBABILITIES = np.exp(TARGETS) / np.exp(TARGETS).sum(1, keepdims=True)
BINARY = (RANDOM.uniform(size=(9, 5)) > 0.5).astype("float32")
X = RANDOM.normal(size=(9, 7)).astype("float32")


def pair(torch_loss: Any, loss: Any, targets: Any, net: str = "MLP") -> dict[str, Any]:
    """A net whose losses are (logits, targets) -> a number.

    Args:
        torch_loss, loss: of either side.
        targets: the batch's second part.
        net: MLP, or RNN, whose loss takes its own targets where there are none.
    """
    given = NETS[net]()
    apply = words_apply if net == "RNN" else mlp.apply
    inputs = given["batch"][0] if net == "RNN" else X
    return {
        **given,
        "batch": (inputs, given["batch"][1] if targets is None else targets),
        "torch_loss": lambda model, batch: torch_loss(model(batch[0]), batch[1]),
        "loss": lambda params, batch: loss(apply(params, batch[0]), batch[1]),
    }


def case(
    fault: str, torch_loss: Any, loss: Any, targets: Any, place: str | tuple[str, ...],
    cause: str | tuple[str, ...], source: str, net: str = "MLP",
) -> Case:  # fmt: skip
    """A loss that is another one."""
    places = (place,) if isinstance(place, str) else place
    causes = (cause,) if isinstance(cause, str) else cause
    made = partial(pair, torch_loss, loss, targets, net)
    return Case(fault, net, made, "loss", places, causes, source)


def rows(logits: Any, labels: Any) -> Any:
    """Each label's cross-entropy; of padding 0."""
    safe = jnp.where(labels == -100, 0, labels)
    each = optax.softmax_cross_entropy_with_integer_labels(logits, safe)
    return each * (labels != -100)


def smoothed(logits: Any, labels: Any, on: float, off: float) -> Any:
    """Smoothed labels of these values."""
    hot = jax.nn.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
    return optax.softmax_cross_entropy(logits, hot * (on - off) + off).mean()


def unmasked_smoothing(logits: Any, labels: Any) -> Any:
    """The uniform part counts for padding, too."""
    scores = jax.nn.log_softmax(logits)
    mask = labels != -100
    uniform = -scores.mean(-1)
    return (0.9 * rows(logits, labels) + 0.1 * uniform).sum() / mask.sum()


def torch_masked(logits: Any, labels: Any) -> Any:
    """A masked mean that knows of batches without a label."""
    each = F.cross_entropy(logits, labels, reduction="none")
    mask = (labels != -100).to(each.dtype)
    return (each * mask).sum() / mask.sum().clamp(min=1)


def masked(logits: Any, labels: Any) -> Any:
    """One that does not."""
    return rows(logits, labels).sum() / (labels != -100).sum()


def clipped_bce(logits: Any, targets: Any) -> Any:
    """On probabilities that are held off 0 and 1."""
    p = jnp.clip(jax.nn.sigmoid(logits), 1e-7, 1 - 1e-7)
    return -(targets * jnp.log(p) + (1 - targets) * jnp.log(1 - p)).mean()


def by_rows(logits: Any, labels: Any) -> Any:
    """The mean of the rows' means."""
    each, mask = rows(logits, labels), labels != -100
    return (each.sum(-1) / mask.sum(-1)).mean()


def by_halves(logits: Any, labels: Any) -> Any:
    """As two devices do: each divides by its own count."""
    halves = logits.reshape(2, -1, *logits.shape[1:]), labels.reshape(2, -1, *labels.shape[1:])
    return jax.vmap(masked)(*halves).mean()


def torch_words(logits: Any, labels: Any) -> Any:
    """The mean over all words that count."""
    return F.cross_entropy(logits.transpose(1, 2), labels)


def low(logits: Any, labels: Any) -> Any:
    """Log-softmax and loss of logits in bfloat16."""
    return optax.softmax_cross_entropy_with_integer_labels(
        logits.astype(jnp.bfloat16).astype(logits.dtype), labels
    ).mean()


def bessel_torch(logits: Any, returns: Any) -> Any:
    """A policy's loss with normalised advantages."""
    advantages = (returns - returns.mean()) / (returns.std() + 1e-8)
    return -(advantages * logits.log_softmax(-1)).mean()


def bessel(logits: Any, returns: Any) -> Any:
    """With the standard deviation of n."""
    advantages = (returns - returns.mean()) / (returns.std() + 1e-8)
    return -(advantages * jax.nn.log_softmax(logits)).mean()


def entropy_torch(logits: Any, labels: Any) -> Any:
    """Policy loss less an entropy bonus."""
    scores = logits.log_softmax(-1)
    entropy = -(scores.exp() * scores).sum(-1).mean()
    return F.nll_loss(scores, labels) - 0.1 * entropy


def entropy(logits: Any, labels: Any) -> Any:
    """The bonus is a fine."""
    scores = jax.nn.log_softmax(logits)
    bonus = -(jnp.exp(scores) * scores).sum(-1).mean()
    return rows(logits, labels).mean() + 0.1 * bonus


def value_torch(values: Any, returns: Any) -> Any:
    """PPO's clipped value loss; the old values are 0."""
    clipped = values.clamp(-0.3, 0.3)
    return 0.5 * torch.maximum((values - returns) ** 2, (clipped - returns) ** 2).mean()


def value(values: Any, returns: Any) -> Any:
    """Without the clipping."""
    return 0.5 * ((values - returns) ** 2).mean()


def xent(logits: Any, labels: Any) -> Any:
    """The mean over all labels."""
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def weighted(logits: Any, labels: Any) -> Any:
    """Weighted, and divided by the number."""
    return (jnp.asarray(WEIGHTS)[labels] * rows(logits, labels)).mean()


def torch_weights(logits: Any, labels: Any) -> Any:
    """PyTorch's weighted mean."""
    return F.cross_entropy(logits, labels, torch.as_tensor(WEIGHTS, dtype=logits.dtype))


LABELS = RANDOM.integers(0, 5, 9)
PADDED_BY_0 = np.where(PADDED == -100, 0, PADDED)
EMPTY = np.full(9, -100)
CASES: list[Case] = [
    case("T41", partial(F.cross_entropy, label_smoothing=0.1),
         lambda z, y: smoothed(z, y, 0.9, 0.1 / 4), LABELS, "cross_entropy",
         "spread over the other 4 classes", "k2-fsa/icefall#107"),
    case("T42", partial(F.cross_entropy, label_smoothing=0.1), unmasked_smoothing, PADDED,
         "cross_entropy", "smoothing of ignored targets", "pytorch/pytorch#73205"),
    case("T43", lambda z, q: F.kl_div(z.log_softmax(-1), q, reduction="batchmean"),
         lambda z, q: (q * (jnp.log(q) - jax.nn.log_softmax(z))).mean(), PROBABILITIES, "kl_div",
         "averaged over all elements", "HikariTJU/LD#74"),
    case("T45", torch_weights, weighted, LABELS, "cross_entropy",
         "divided by their number, not by the sum of the weights", "pytorch/pytorch#8062"),
    case("T46", F.mse_loss, lambda z, y: optax.l2_loss(z, y).mean(), TARGETS, "mse_loss", "halved",
         "d2l-ai/d2l-en#2009"),
    case("T47", torch_words, lambda z, y: rows(z, y).sum(), None, "cross_entropy", "summed",
         "ContextualAI/HALOs#37", "RNN"),
    case("T49", partial(F.cross_entropy, ignore_index=0), xent, PADDED_BY_0, "cross_entropy",
         "ignored targets are not ignored", "huggingface/transformers#11616"),
    case("T50", torch_masked, masked, EMPTY, ("div", "clamp"), ("0 / 0", "clamp is left out"),
         "nvidia-cosmos/cosmos-rl#155"),
    case("T51", lambda z, y: F.binary_cross_entropy_with_logits(30 * z, y),
         lambda z, y: clipped_bce(30 * z, y), BINARY,
         "binary_cross_entropy_with_logits", "clipped at 1e-7", "pytorch/pytorch#103316"),
    case("T29", torch_words, by_rows, None, "cross_entropy", "averaged over each example",
         "huggingface/transformers#34191", "RNN"),
    case("T30", torch_words, by_halves, None, "cross_entropy", "averaged over each of 2 parts",
         "huggingface/transformers#18297", "RNN"),
    case("T87", entropy_torch, entropy, LABELS, ("sub", "mul"),
         ("added, not subtracted",),
         "LuEE-C/PPO-Keras#4"),
    case("T89", value_torch, value, TARGETS, ("maximum", "clamp"),
         ("maximum is left out", "clamp is left out"),
         "vwxyzjn/cleanrl#426"),
    case("T90", bessel_torch, bessel, TARGETS, "std", ("ddof=0", "divided by n"),
         "NVIDIA/TorchFort#38"),
    case("T91", lambda z, y: -0.5 * ((y - z) ** 2).sum(-1).mean(),
         lambda z, y: ((y - z) ** 2).sum(-1).mean(), TARGETS, "mul",
         ("mul is left out", "-2"), "jax-ml/jax#18219"),
    case("T94", F.cross_entropy, low, LABELS, "cross_entropy", "rounded to bfloat16",
         "google-deepmind/optax#1020"),
    case("T94", torch_words, lambda z, y: masked(z.astype(jnp.bfloat16).astype(z.dtype), y), None,
         "cross_entropy", "rounded to bfloat16", "google-deepmind/optax#1020", "RNN"),
]  # fmt: skip
