"""Faults of learning rate schedules."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax.numpy as jnp
import optax
import torch

from benchmarks.faults.case import Case
from benchmarks.faults.trained import optimizer_case as case
from jaxdl import optim
from jaxdl.optim import schedules

SGD, Adam = torch.optim.SGD, torch.optim.Adam
LambdaLR = torch.optim.lr_scheduler.LambdaLR
WARM, TOTAL = 5, 25


def warm_cosine(step: int) -> float:
    """PyTorch's factor: warm-up from 1/5, then half a cosine over the rest."""
    if step < WARM:
        return (step + 1) / WARM
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - WARM) / (TOTAL - WARM))))


def warm_linear(step: int) -> float:
    """PyTorch's factor: warm-up from 1/5, then a line to 0."""
    return (step + 1) / WARM if step < WARM else max(0.0, 1 - (step - WARM) / (TOTAL - WARM))


def scheduled(factor: Any) -> Any:
    """Optimizer -> scheduler."""
    return lambda optimizer: LambdaLR(optimizer, factor)


def warmed(rate: float, decay: Any, late: int = WARM) -> Any:
    """A warm-up and then a decay, which counts from step `late` on."""

    def schedule(count: Any) -> Any:
        return jnp.where(
            count < WARM, rate * (count + 1) / WARM, decay(jnp.maximum(count - late, 0))
        )

    return schedule


def cosine(rate: float, steps: int) -> Any:
    """Half a cosine."""
    return lambda s: rate * 0.5 * (1 + jnp.cos(jnp.pi * jnp.minimum(1.0, s / steps)))


def line(rate: float, steps: int) -> Any:
    """A line to 0."""
    return lambda s: rate * jnp.maximum(0.0, 1 - s / steps)


def by_samples(count: Any) -> Any:
    """A rate that falls with the number of samples, which is counted in 32 bits."""
    seen = jnp.asarray(count, jnp.int32) * jnp.int32(2**28)
    return 0.1 * (1 - seen / 2**34)


def thirds(rate: float, steps: int) -> Any:
    """StepLR's: a tenth after every so many steps."""
    return schedules.step_lr(rate, steps)


CASES: list[Case] = [
    *(
        case("T33", net, partial(Adam, lr=0.01),
             lambda: optax.MultiSteps(optim.adam(lambda c: cosine(0.01, 24)(c / 4)), 4),
             "4 times slower", "AI-Hypercomputer/maxtext#3452",
             torch_scheduler=scheduled(lambda s: 0.5 * (1 + math.cos(math.pi * min(1, s / 24)))),
             torch_accumulate=4)
        for net in ("MLP", "CNN")
    ),
    case("T33", "RNN", partial(SGD, lr=0.1, momentum=0.9),
         lambda: optim.sgd(lambda c: thirds(0.1, 12)(4 * c), momentum=0.9),
         "4 times faster", "AI-Hypercomputer/maxtext#3452",
         torch_scheduler=lambda o: torch.optim.lr_scheduler.StepLR(o, 12)),
    *(
        case("T35", net, partial(Adam, lr=0.01),
             lambda: optim.adam(lambda c: 0.01 * jnp.minimum(1.0, c / WARM)),
             "one step late", "google-research/bert#1293",
             torch_scheduler=scheduled(lambda s: min(1.0, (s + 1) / WARM)))
        for net in ("MLP", "RNN")
    ),
    *(
        case("T37", net, partial(Adam, lr=0.01),
             lambda: optim.adam(warmed(0.01, cosine(0.01, TOTAL - 2 * WARM))),
             "taken off twice", "marin-community/levanter#124",
             torch_scheduler=scheduled(warm_cosine))
        for net in ("MLP", "CNN")
    ),
    case("T37", "RNN", partial(SGD, lr=0.1),
         lambda: optim.sgd(warmed(0.1, line(0.1, TOTAL - 2 * WARM))),
         "taken off twice", "marin-community/levanter#124",
         torch_scheduler=scheduled(warm_linear)),
    *(
        case("T38", net, partial(Adam, lr=0.01),
             lambda: optim.adam(warmed(0.01, cosine(0.01, TOTAL - WARM), 0)),
             "the end of the warm-up, it is already 5 steps on", "huggingface/transformers#4940",
             torch_scheduler=scheduled(warm_cosine))
        for net in ("MLP", "CNN")
    ),
    case("T38", "RNN", partial(SGD, lr=0.1, momentum=0.9),
         lambda: optim.sgd(warmed(0.1, line(0.1, TOTAL - WARM), 0), momentum=0.9),
         "the end of the warm-up, it is already 5 steps on", "huggingface/transformers#4940",
         torch_scheduler=scheduled(warm_linear)),
    case("T39", "MLP", partial(Adam, lr=0.01),
         lambda: optim.adam(lambda c: 0.01 * (c + 1) / 45), "only rises", "erfanzar/eformer#2",
         torch_scheduler=scheduled(warm_cosine)),
    case("T39", "CNN", partial(SGD, lr=0.1),
         lambda: optim.sgd(lambda c: 0.1 * (c + 1) / 45), "only rises", "erfanzar/eformer#2",
         torch_scheduler=scheduled(warm_linear)),
    case("T99", "MLP", partial(SGD, lr=0.1), lambda: optim.sgd(by_samples),
         "overflow", "google-deepmind/mujoco_playground#48",
         torch_scheduler=scheduled(lambda s: 1 - s * 2**28 / 2**34)),
]  # fmt: skip
