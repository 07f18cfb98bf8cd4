"""Sound training code that looks otherwise: optimizers, losses, schedules, converters, resumes."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from flax import serialization
from torch.nn import functional as F

from benchmarks.faults.case import Case
from benchmarks.faults.gradients import CRITIC, CRITIC_MAP, Critic, critic, rollout
from benchmarks.faults.losses import BINARY, LABELS, PADDED, TARGETS, WEIGHTS, pair
from benchmarks.faults.optimizers import (
    AdamW,
    adam_like,
    clip,
    decayed_matrices,
    of_leaves,
    weights_only,
)
from benchmarks.faults.resume import noisy, tx
from benchmarks.faults.schedules import TOTAL, WARM, cosine, scheduled, warm_cosine, warmed
from benchmarks.faults.torch_optimizers import AdaBelief, Lamb
from benchmarks.faults.trained import training
from benchmarks.faults.weights import converted_by
from jaxdl import optim
from jaxdl.optim import schedules

SGD, Adam = torch.optim.SGD, torch.optim.Adam
Lr = torch.optim.lr_scheduler


def sound(title: str, net: str, make: Callable[[], dict[str, Any]]) -> Case:
    """A pair without a fault."""
    return Case(title, net, make)


def trained(title: str, net: str, theirs: Any, ours: Any, **options: Any) -> Case:
    """Two optimizers that are one."""
    return sound(title, net, partial(training, net, theirs, ours, **options))


def loss(title: str, torch_loss: Any, ours: Any, targets: Any, net: str = "MLP") -> Case:
    """Two losses that are one."""
    return sound(title, net, partial(pair, torch_loss, ours, targets, net))


def two_rates(parameters: Any) -> Any:
    """Vectors are trained ten times as fast."""
    return SGD(
        [
            {"params": [p for p in parameters if p.ndim > 1]},
            {"params": [p for p in parameters if p.ndim < 2], "lr": 0.1},
        ],
        lr=0.01,
        momentum=0.9,
    )


def one_cycle() -> Any:
    """One cycle of 100 steps."""
    return schedules.one_cycle_lr(0.1, total_steps=100)


def labelled(params: Any) -> Any:
    """A name for every leaf."""
    return jax.tree.map(lambda p: "fast" if p.ndim < 2 else "slow", params)


def low_rate_first() -> Any:
    """SGD that multiplies by the learning rate before its momentum."""
    return optax.chain(optax.add_decayed_weights(0.01), optax.scale(-0.1), optax.trace(0.9))


def tail(logits: Any, labels: Any) -> Any:
    """The log of the sum of exponentials, by hand."""
    top = logits.max(-1, keepdims=True)
    whole = jnp.log(jnp.exp(logits - top).sum(-1)) + top[:, 0]
    return (whole - logits[jnp.arange(len(labels)), labels]).mean()


def hot(logits: Any, labels: Any) -> Any:
    """With one-hot labels."""
    return -(jax.nn.one_hot(labels, 5) * jax.nn.log_softmax(logits)).sum(-1).mean()


def stable(logits: Any, targets: Any) -> Any:
    """The form of a binary cross-entropy that does not overflow."""
    pieces = jnp.maximum(logits, 0) - logits * targets + jnp.log1p(jnp.exp(-jnp.abs(logits)))
    return pieces.mean()


def weighted(logits: Any, labels: Any) -> Any:
    """Weighted, over the sum of the weights."""
    w = jnp.asarray(WEIGHTS)[labels]
    each = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    return jnp.vdot(w, each) / w.sum()


def masked(logits: Any, labels: Any) -> Any:
    """A sum over those that count, over their number."""
    mask = labels != -100
    each = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.where(mask, labels, 0))
    return jnp.where(mask, each, 0).sum() / mask.sum()


def smoothed(logits: Any, labels: Any) -> Any:
    """Label smoothing as a mixture of two losses."""
    scores = jax.nn.log_softmax(logits)
    picked = jnp.take_along_axis(scores, labels[:, None], 1)[:, 0]
    return -(0.9 * picked + 0.1 * scores.mean(-1)).mean()


def torch_weights(logits: Any, labels: Any) -> Any:
    """PyTorch's weighted mean."""
    return F.cross_entropy(logits, labels, torch.as_tensor(WEIGHTS, dtype=logits.dtype))


def torch_td(net: Any, batch: Any) -> Any:
    """A target that does not move."""
    states, rewards, ends = batch
    with torch.no_grad():
        target = rewards + 0.9 * (1 - ends) * net(states[1:])
    return F.mse_loss(net(states[:-1]), target)


def td(params: Any, batch: Any) -> Any:
    """The same from one pass."""
    states, rewards, ends = batch
    values = critic(params, states)
    target = jax.lax.stop_gradient(rewards + 0.9 * (1 - ends) * values[1:])
    return jnp.square(values[:-1] - target).mean()


def td_pair() -> dict[str, Any]:
    """Temporal differences."""
    from benchmarks.faults.case import filled

    return {
        "model": filled(Critic()),
        "params": CRITIC,
        "batch": rollout(),
        "apply": critic,
        "loss": td,
        "torch_loss": torch_td,
        "parameter_map": CRITIC_MAP,
    }


def by_bytes(params: Any, slots: Any) -> Any:
    """Through Flax's msgpack."""
    template = jax.tree.map(jnp.zeros_like, (params, slots))
    return serialization.from_bytes(template, serialization.to_bytes((params, slots)))


def is_key(leaf: Any) -> bool:
    """It is a key of random numbers."""
    return bool(jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key))


def by_archive(params: Any, slots: Any) -> Any:
    """Through NumPy's archive, without pickle; keys as their data."""
    leaves, form = jax.tree.flatten((params, slots))
    keys = [is_key(leaf) for leaf in leaves]
    leaves = [
        jax.random.key_data(leaf) if key else leaf for leaf, key in zip(leaves, keys, strict=True)
    ]
    file = io.BytesIO()
    np.savez(file, *[np.asarray(leaf) for leaf in leaves])  # pyright: ignore[reportArgumentType]
    file.seek(0)
    with np.load(file, allow_pickle=False) as held:
        new = [jnp.asarray(held[f"arr_{k}"]) for k in range(len(leaves))]
    new = [jax.random.wrap_key_data(x) if key else x for x, key in zip(new, keys, strict=True)]
    return jax.tree.unflatten(form, new)


def by_safetensors(params: Any, slots: Any) -> Any:
    """Through safetensors, by the leaves' paths."""
    from safetensors.numpy import load, save

    paths, form = jax.tree_util.tree_flatten_with_path((params, slots))
    names = [jax.tree_util.keystr(path) for path, _ in paths]
    held = load(save({n: np.asarray(leaf) for n, (_, leaf) in zip(names, paths, strict=True)}))
    return jax.tree.unflatten(form, [jnp.asarray(held[name]) for name in names])


def as_it_is(converted: Any, start: Any) -> None:
    """The map's own."""


def by_hand(converted: Any, start: Any) -> None:
    """A converter that sums PyTorch's two biases into one of the port's."""
    cell = converted["lstm"]["l0"]
    cell["bias_ih"] = cell["bias_ih"] + cell["bias_hh"]
    cell["bias_hh"] = np.zeros_like(cell["bias_hh"])


def resumed(title: str, net: str, ours: Any, save: Any) -> Case:
    """A training that goes on as it was."""
    return sound(title, net, partial(training, net, None, ours, resumed=save))


CASES: list[Case] = [
    trained("optax.adam", "MLP", partial(Adam, lr=0.01), lambda: optax.adam(0.01)),
    trained("optax.adamw with PyTorch's decay", "CNN", partial(AdamW, lr=0.01),
            lambda: optax.adamw(0.01, weight_decay=0.01)),
    trained("jaxdl.optim.adamw", "RNN", partial(AdamW, lr=0.01), lambda: optim.adamw(0.01)),
    trained("L2 before Adam", "MLP", partial(Adam, lr=0.01, weight_decay=0.1),
            lambda: optax.chain(optax.add_decayed_weights(0.1), optax.adam(0.01))),
    trained("optax.sgd with momentum", "CNN", partial(SGD, lr=0.1, momentum=0.9),
            lambda: optax.sgd(0.1, momentum=0.9)),
    trained("optax.sgd with Nesterov", "MLP", partial(SGD, lr=0.1, momentum=0.9, nesterov=True),
            lambda: optax.sgd(0.1, momentum=0.9, nesterov=True)),
    trained("the rate before the momentum", "MLP",
            partial(SGD, lr=0.1, momentum=0.9, weight_decay=0.01), low_rate_first),
    trained("decay without momentum, decoupled", "MLP", partial(SGD, lr=0.1, weight_decay=0.05),
            lambda: optax.chain(optax.scale(-0.1), optax.add_decayed_weights(-0.005))),
    trained("Adam by hand", "MLP", partial(Adam, lr=0.01),
            lambda: adam_like(0.01, lambda m, v, t: m / (1 - 0.9**t) / (
                jnp.sqrt(v / (1 - 0.999**t)) + 1e-8))),
    trained("RMSprop with eps outside", "CNN", partial(torch.optim.RMSprop, lr=0.01),
            lambda: optax.rmsprop(0.01, decay=0.99, eps=1e-8, eps_in_sqrt=False)),
    trained("jaxdl.optim.rmsprop, centred", "MLP",
            partial(torch.optim.RMSprop, lr=0.01, centered=True, momentum=0.5),
            lambda: optim.rmsprop(0.01, centered=True, momentum=0.5)),
    trained("jaxdl.optim.adagrad", "RNN", partial(torch.optim.Adagrad, lr=0.05),
            lambda: optim.adagrad(0.05)),
    trained("jaxdl.optim.nadam", "MLP", partial(torch.optim.NAdam, lr=0.01),
            lambda: optim.nadam(0.01)),
    trained("jaxdl.optim.radam", "MLP", partial(torch.optim.RAdam, lr=0.01),
            lambda: optim.radam(0.01)),
    trained("jaxdl.optim.adadelta", "MLP", partial(torch.optim.Adadelta, lr=0.5),
            lambda: optim.adadelta(0.5)),
    trained("jaxdl.optim.adamax", "CNN", partial(torch.optim.Adamax, lr=0.01),
            lambda: optim.adamax(0.01)),
    trained("jaxdl.optim.adam with AMSGrad", "MLP", partial(Adam, lr=0.01, amsgrad=True),
            lambda: optim.adam(0.01, amsgrad=True)),
    trained("LAMB of Optax", "MLP", partial(Lamb, lr=0.01, weight_decay=0.1),
            lambda: optax.lamb(0.01, eps=1e-6, weight_decay=0.1)),
    trained("AdaBelief of Optax", "MLP", partial(AdaBelief, lr=0.01, eps=1e-8),
            lambda: optax.adabelief(0.01, eps=1e-8, eps_root=1e-8)),
    trained("a mask for a group without decay", "MLP", decayed_matrices,
            lambda: optax.adamw(0.01, weight_decay=0.1, mask=weights_only)),
    trained("multi_transform for groups", "MLP", two_rates,
            lambda: optax.multi_transform(
                {"fast": optax.sgd(0.1, 0.9), "slow": optax.sgd(0.01, 0.9)}, labelled)),
    trained("inject_hyperparams", "MLP", partial(Adam, lr=0.01),
            lambda: optax.inject_hyperparams(optim.adam)(learning_rate=0.01)),
    trained("clip_grad_norm", "CNN", partial(Adam, lr=0.01),
            lambda: optax.chain(optim.clip_grad_norm(0.5), optax.adam(0.01)), torch_clip=clip(0.5)),
    trained("clip by value", "RNN", partial(SGD, lr=0.1),
            lambda: optax.chain(of_leaves(lambda u, _: jnp.clip(u, -0.1, 0.1)), optax.sgd(0.1)),
            torch_clip=lambda ps: torch.nn.utils.clip_grad_value_(ps, 0.1)),
    trained("MultiSteps", "MLP", partial(AdamW, lr=0.01),
            lambda: optax.MultiSteps(optim.adamw(0.01), 3), torch_accumulate=3),
    trained("MultiSteps round a clip", "MLP", partial(SGD, lr=0.1, momentum=0.9),
            lambda: optax.MultiSteps(
                optax.chain(optim.clip_grad_norm(1.0), optim.sgd(0.1, momentum=0.9)), 4),
            torch_accumulate=4, torch_clip=clip(1.0)),
    trained("apply_every of a quarter", "CNN", partial(SGD, lr=0.1),
            lambda: optax.chain(optax.sgd(0.1 / 4), optax.apply_every(4)), torch_accumulate=4),
    trained("a cosine with warm-up, by hand", "MLP", partial(Adam, lr=0.01),
            lambda: optim.adam(warmed(0.01, cosine(0.01, TOTAL - WARM))),
            torch_scheduler=scheduled(warm_cosine)),
    trained("piecewise constant for StepLR", "CNN", partial(SGD, lr=0.1),
            lambda: optax.sgd(optax.exponential_decay(0.1, 4, 0.5, staircase=True)),
            torch_scheduler=lambda o: Lr.StepLR(o, 4, 0.5)),
    trained("linear for LinearLR", "MLP", partial(AdamW, lr=0.01),
            lambda: optim.adamw(optax.linear_schedule(0.005, 0.01, 8)),
            torch_scheduler=lambda o: Lr.LinearLR(o, 0.5, 1.0, 8)),
    trained("one cycle", "MLP", partial(SGD, lr=0.1),
            lambda: optim.sgd(one_cycle()),
            torch_scheduler=lambda o: Lr.OneCycleLR(o, 0.1, total_steps=100, cycle_momentum=False)),
    loss("log-sum-exp by hand", F.cross_entropy, tail, LABELS),
    loss("one-hot labels", F.cross_entropy, hot, LABELS),
    loss("stable binary cross-entropy", F.binary_cross_entropy_with_logits, stable, BINARY),
    loss("a weighted sum over the sum of the weights", torch_weights, weighted, LABELS),
    loss("a masked mean", F.cross_entropy, masked, PADDED),
    loss("smoothing as a mixture", partial(F.cross_entropy, label_smoothing=0.1), smoothed, LABELS),
    loss("squares by optax.l2_loss", F.mse_loss,
         lambda z, y: 2 * optax.l2_loss(z, y).mean(), TARGETS),
    loss("Huber by Optax", partial(F.huber_loss, delta=0.7),
         lambda z, y: optax.huber_loss(z, y, delta=0.7).mean(), TARGETS),
    sound("one pass for the target", "critic", td_pair),
    sound("the right converter", "MLP", partial(converted_by, "MLP", as_it_is)),
    sound("the right converter", "CNN", partial(converted_by, "CNN", as_it_is)),
    sound("the right converter", "attention", partial(converted_by, "attention", as_it_is)),
    sound("two biases in one", "RNN", partial(converted_by, "RNN", by_hand)),
    resumed("msgpack", "MLP", tx, by_bytes),
    resumed("an archive of NumPy", "CNN", tx, by_archive),
    resumed("safetensors", "RNN", tx, by_safetensors),
    resumed("a random key that comes back", "MLP", noisy, by_archive),
    resumed("MultiSteps", "MLP", lambda: optax.MultiSteps(optax.adam(0.01), 4), by_archive),
]  # fmt: skip
