"""Faults of optimizers: their rules, weight decay, clipping, accumulation and precision."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax
import torch

from benchmarks.faults.case import Case
from benchmarks.faults.torch_optimizers import AdaBelief, Lamb
from benchmarks.faults.trained import optimizer_case as case
from jaxdl import optim

SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW


def clip(bound: float) -> Any:
    """PyTorch's clipping by the norm of all gradients."""
    return lambda parameters: torch.nn.utils.clip_grad_norm_(parameters, bound)


def of_leaves(function: Any) -> optax.GradientTransformation:
    """(update, parameter) -> update, leaf by leaf."""
    return optax.stateless(lambda updates, params: jax.tree.map(function, updates, params))


def adam_like(rate: float, step: Any, decay: float = 0.0) -> optax.GradientTransformation:
    """Adam written by hand: `step` makes a direction of m, v and t."""

    def init(params: Any) -> Any:
        zeros = jax.tree.map(jnp.zeros_like, params)
        return jnp.zeros([], jnp.int32), zeros, zeros

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        t, m, v = state
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, updates)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, updates)

        def new(m: Any, v: Any, p: Any) -> Any:
            return (p - rate * step(m, v, t)) * (1 - rate * decay) - p

        return jax.tree.map(new, m, v, params), (t, m, v)

    return optax.GradientTransformation(init, update)


def corrected(m: Any, v: Any, t: Any) -> Any:
    """Adam's direction."""
    return m / (1 - 0.9**t) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)


def hat(m: Any, v: Any, t: Any) -> Any:
    """Epsilon before the correction."""
    return jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (jnp.sqrt(v) + 1e-4)


def dampened() -> optax.GradientTransformation:
    """SGD with dampening 0.5 that starts from a buffer of zeros."""
    return optax.chain(optax.scale(0.5), optax.trace(0.9), optax.scale(-0.1))


def late(rate: float, decay: float) -> optax.GradientTransformation:
    """Decoupled decay that is added after the learning rate."""
    return optax.chain(optax.scale_by_adam(), optax.scale(-rate), optax.add_decayed_weights(-decay))


def weights_only(params: Any) -> Any:
    """A mask: arrays of more than one axis."""
    return jax.tree.map(lambda p: p.ndim > 1, params)


def all_but_norm_scale(params: Any) -> Any:
    """A mask that looks for a norm's "weight" and "bias", where its leaf is called "scale"."""
    paths = jax.tree_util.tree_map_with_path(
        lambda path, _: not {key.key for key in path} & {"weight", "bias"}, params
    )
    return paths


def low_update() -> optax.GradientTransformation:
    """The new parameters are kept in bfloat16."""

    def rounded(u: Any, p: Any) -> Any:
        return (p + u).astype(jnp.bfloat16).astype(p.dtype) - p

    return optax.chain(optax.adam(0.01), of_leaves(rounded))


def low_gradient() -> optax.GradientTransformation:
    """The gradients are rounded to bfloat16 on their way."""
    return optax.chain(
        of_leaves(lambda u, p: u.astype(jnp.bfloat16).astype(p.dtype)), optax.adam(0.01)
    )


def each_norm(bound: float) -> optax.GradientTransformation:
    """Every leaf is clipped by its own norm."""
    return of_leaves(lambda u, _: u * jnp.minimum(1, bound / jnp.linalg.norm(u.ravel())))


def micro_clip(bound: float, k: int) -> optax.GradientTransformation:
    """The gradient of every batch is clipped before it is accumulated."""
    multi = optax.MultiSteps(optim.adam(0.01), k).gradient_transformation()
    return optax.chain(optim.clip_grad_norm(bound), multi)


def turned_muon() -> optax.GradientTransformation:
    """Muon whose factor takes rows for columns; vectors stay."""

    def factor(u: Any, p: Any) -> Any:
        ours, theirs = p.shape[0] / p.shape[1], p.shape[1] / p.shape[0]  # PyTorch: (out, in)
        return u * max(1.0, ours) ** 0.5 / max(1.0, theirs) ** 0.5

    muon = optim.in_layout(optim.muon(0.02, weight_decay=0.0), weights_turned, weights_turned)
    return optax.multi_transform(
        {True: optax.chain(muon, of_leaves(factor)), False: optax.set_to_zero()}, weights_only
    )


def weights_turned(params: Any) -> Any:
    """The layout that PyTorch has: kernels transposed."""
    return jax.tree.map(lambda p: p.T if p.ndim == 2 else p, params)


def unscaled_adafactor() -> optax.GradientTransformation:
    """Adafactor without the parameter's own scale."""

    def plain(u: Any, p: Any) -> Any:
        return u / jnp.maximum(1e-3, jnp.sqrt(jnp.mean(p * p)))

    return optax.chain(optim.adafactor(0.01), of_leaves(plain))


def decayed_matrices(parameters: Any) -> torch.optim.AdamW:
    """AdamW that decays arrays of more than one axis."""
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=0.01)


ISSUE = "google-deepmind/optax#417"
CASES: list[Case] = [
    *(
        case("T01", net, partial(Adam, lr=0.01, weight_decay=0.1),
             lambda: optax.adamw(0.01, weight_decay=0.1), "decoupled (AdamW)", ISSUE)
        for net in ("MLP", "CNN", "RNN")
    ),
    *(
        case("T02", net, partial(AdamW, lr=0.01, weight_decay=0.1), lambda: late(0.01, 0.1),
             "not multiplied by the learning rate", "FluxML/Optimisers.jl#182")
        for net in ("MLP", "RNN")
    ),
    case("T03", "MLP", partial(AdamW, lr=0.01, weight_decay=0.1),
         lambda: adam_like(0.01, corrected, 0.1), "decayed after the step",
         "linhaowei1/NLPDL-2025Fall#13"),
    case("T05", "MLP", partial(Adam, lr=0.01, eps=1e-4), lambda: adam_like(0.01, hat),
         "epsilon is added before the second moment is corrected", "google-deepmind/optax#571"),
    *(
        case("T06", net, partial(Adam, lr=0.01),
             lambda: adam_like(0.01, lambda m, v, t: m / (jnp.sqrt(v) + 1e-8)),
             "not corrected for their start", "ml-explore/mlx#1640")
        for net in ("MLP", "CNN")
    ),
    case("T07", "MLP", partial(Lamb, lr=0.01, weight_decay=0.1),
         lambda: optax.chain(optax.add_decayed_weights(0.1), optax.scale_by_adam(eps=1e-6),
                             optax.scale_by_trust_ratio(), optax.scale(-0.01)),
         "added to the gradient, before the moments", "cybertronai/pytorch-lamb#3"),
    *(
        case("T09", net, partial(torch.optim.Adagrad, lr=0.01),
             lambda: optim.adagrad(0.01, initial_accumulator_value=0.1), "squares start at",
             "pytorch/pytorch#6616")
        for net in ("MLP", "RNN")
    ),
    case("T09", "CNN", partial(torch.optim.Adagrad, lr=0.01), lambda: optax.adagrad(0.01),
         "squares start at", "pytorch/pytorch#6616"),
    *(
        case("T10", net, partial(SGD, lr=0.1, momentum=0.9, weight_decay=0.01),
             lambda: optax.chain(optax.trace(0.9), optax.add_decayed_weights(0.01),
                                 optax.scale(-0.1)),
             "after the momentum", "pytorch/pytorch#13801")
        for net in ("MLP", "CNN")
    ),
    case("T11", "MLP", partial(SGD, lr=0.1, momentum=0.9),
         lambda: optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)), "1 - momentum",
         "ml-explore/mlx#87"),
    case("T13", "MLP", partial(SGD, lr=0.1, momentum=0.9, dampening=0.5), dampened,
         "first gradient is dampened", "ml-explore/mlx#473"),
    *(
        case("T14", net, partial(SGD, lr=0.1, weight_decay=0.01), lambda: optax.sgd(0.1),
             "the weight decay is left out", "ml-explore/mlx#473")
        for net in ("MLP", "CNN")
    ),
    case("T15", "MLP", decayed_matrices,
         lambda: optax.adamw(0.01, weight_decay=0.1, mask=all_but_norm_scale),
         "norm.weight is decayed by 0.1", "huggingface/transformers#18273", "norm.weight"),
    case("T17", "MLP", decayed_matrices,
         lambda: optax.adamw(0.01, weight_decay=0.1), "are decayed by 0.1; PyTorch does not",
         "salesforce/jaxformer#28", "norm.bias"),
    *(
        case("T18", net, partial(AdamW, lr=0.01), lambda: optax.adamw(0.01),
             "the weight decay is 0.0001, not 0.01", "finegrain-ai/refiners#320")
        for net in ("MLP", "CNN", "RNN")
    ),
    case("T19", "MLP",
         lambda ps: torch.optim.Muon([p for p in ps if p.ndim == 2], lr=0.02, weight_decay=0.0),
         turned_muon, "rows and columns exchanged", "keras-team/keras#21885", "wide.weight"),
    case("T21", "MLP", partial(torch.optim.Adafactor, lr=0.01), unscaled_adafactor,
         "parameter's own scale", "huggingface/transformers#19387"),
    case("T22", "MLP", partial(AdaBelief, lr=0.01, eps=1e-8),
         lambda: optax.adabelief(0.01, eps=1e-8, eps_root=1e-16), "epsilon under the root is 1e-16",
         "google-deepmind/optax#440"),
    *(
        case("T23", net, partial(Adam, lr=0.01),
             lambda: optax.chain(each_norm(1.0), optax.adam(0.01)),
             "clipped to the norm 1 by itself",
             "tensorflow/tensorflow#36001", torch_clip=clip(1.0))
        for net in ("MLP", "RNN")
    ),
    *(
        case("T25", net, partial(Adam, lr=0.01),
             lambda: optax.chain(optax.adam(0.01), optax.clip_by_global_norm(0.05)),
             "the updates, not the gradients, are clipped", "sanchit-gandhi/seq2seq-speech#7",
             torch_clip=clip(0.05))
        for net in ("MLP", "CNN")
    ),
    case("T26", "MLP", partial(Adam, lr=0.01), lambda: micro_clip(1.0, 4),
         "the gradient of every batch is clipped, not their mean", "huggingface/transformers#986",
         torch_clip=clip(1.0), torch_accumulate=4),
    *(
        case("T27", net, partial(SGD, lr=0.1, momentum=0.9),
             lambda: optax.chain(optax.scale(1024.0), optim.clip_grad_norm(1.0),
                                 optax.scale(1 / 1024), optim.sgd(0.1, momentum=0.9)),
             "scaled loss", "catalyst-team/catalyst#1319", torch_clip=clip(1.0))
        for net in ("MLP", "CNN")
    ),
    case("T31", "MLP", partial(AdamW, lr=0.01, weight_decay=0.1),
         lambda: optax.chain(optax.adamw(0.01, weight_decay=0.1), optax.apply_every(4)),
         "runs at every one of the 4 batches", "keras-team/keras#19990", torch_accumulate=4),
    *(
        case("T97", net, partial(Adam, lr=0.01), low_update, "rounded to bfloat16 after every step",
             "tensorflow/tensorflow#58138")
        for net in ("MLP", "CNN")
    ),
    case("T98", "MLP", partial(Adam, lr=0.01), low_gradient, "the gradient is rounded to bfloat16",
         "sanchit-gandhi/seq2seq-speech#12"),
]  # fmt: skip
