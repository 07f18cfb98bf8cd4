"""Faults of gradients, and of losses as reinforcement learning has them."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch import nn

from benchmarks.faults.case import Case, filled
from jaxdl.parity import Layer, ParameterMap

GAMMA, LAMBDA = 0.9, 0.8


class Critic(nn.Module):
    """Values of states, by a body and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(4, 6)
        self.head = nn.Linear(6, 1)

    def forward(self, x: Any) -> Any:
        """(…, 4) to (…)."""
        return self.head(torch.tanh(self.body(x)))[..., 0]


def critic(params: Any, x: Any) -> Any:
    """The port."""
    h = jnp.tanh(x @ params["body"]["kernel"] + params["body"]["bias"])
    return (h @ params["head"]["kernel"] + params["head"]["bias"])[..., 0]


CRITIC_MAP = ParameterMap((Layer("body", "body"), Layer("head", "head")))
CRITIC = {
    "body": {"kernel": np.zeros((4, 6)), "bias": np.zeros(6)},
    "head": {"kernel": np.zeros((6, 1)), "bias": np.zeros(1)},
}


def rollout() -> Any:
    """States (7, 3, 4), rewards (6, 3), ends (6, 3) of three environments."""
    random = np.random.default_rng(8)
    states = random.normal(size=(7, 3, 4)).astype("float32")
    ends = np.array([[0, 0, 1, 0, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0]], "float32").T
    return states, random.normal(size=(6, 3)).astype("float32"), ends


def limited() -> Any:
    """A rollout, two of whose episodes end by their length alone."""
    cut = np.zeros((6, 3), "float32")
    cut[3, 0] = cut[2, 2] = 1
    return *rollout(), cut


def pair(torch_loss: Any, loss: Any, batch: Any = None) -> dict[str, Any]:
    """A critic with a loss of its own."""
    return {
        "model": filled(Critic()),
        "params": CRITIC,
        "batch": rollout() if batch is None else batch,
        "apply": critic,
        "loss": loss,
        "torch_loss": torch_loss,
        "parameter_map": CRITIC_MAP,
    }


def torch_td(net: Any, batch: Any) -> Any:
    """One-step temporal differences to a target that does not move."""
    states, rewards, ends = batch
    values = net(states)
    target = (rewards + GAMMA * (1 - ends) * values[1:]).detach()
    return ((values[:-1] - target) ** 2).mean()


def td(params: Any, batch: Any) -> Any:
    """The target moves."""
    states, rewards, ends = batch
    values = critic(params, states)
    target = rewards + GAMMA * (1 - ends) * values[1:]
    return ((values[:-1] - target) ** 2).mean()


def torch_target(net: Any, batch: Any) -> Any:
    """The same with a second pass, for the target."""
    states, rewards, ends = batch
    with torch.no_grad():
        following = net(states[1:])
    target = rewards + GAMMA * (1 - ends) * following
    return nn.functional.mse_loss(net(states[:-1]), target)


def target_is_online(params: Any, batch: Any) -> Any:
    """The target's params are the online ones, and are trained."""
    states, rewards, ends = batch
    target = rewards + GAMMA * (1 - ends) * critic(params, states[1:])
    return ((critic(params, states[:-1]) - target) ** 2).mean()


def torch_gae(net: Any, batch: Any) -> Any:
    """Values towards returns by GAE."""
    states, rewards, ends = batch[:3]
    values = net(states)
    fixed = values.detach()
    advantage = torch.zeros_like(fixed[-1])
    found = []
    going = 1 - ends
    delta = rewards + GAMMA * fixed[1:] * going - fixed[:-1]
    for t in reversed(range(len(rewards))):
        advantage = delta[t] + GAMMA * LAMBDA * going[t] * advantage
        found.append(advantage)
    returns = torch.stack(found[::-1]) + fixed[:-1]
    return 0.5 * ((values[:-1] - returns) ** 2).mean()


def gae(params: Any, batch: Any, fault: str = "") -> Any:
    """The port's, by a scan."""
    states, rewards, ends = batch[:3]
    values = critic(params, states)
    fixed = jax.lax.stop_gradient(values)
    last = jnp.zeros_like(fixed[-1]) if fault == "T86" else fixed[-1]
    ends = jnp.concatenate([ends[1:], ends[:1]]) if fault == "T83" else ends
    ends = jnp.maximum(ends, batch[3]) if fault == "T85" else ends
    going = 1 - ends
    following = jnp.concatenate([fixed[1:-1], last[None]])
    deltas = rewards + GAMMA * following * going - fixed[:-1]
    advantage, found = jnp.zeros_like(fixed[-1]), []
    for t in reversed(range(len(rewards))):
        kept = 1.0 if fault == "T82" else going[t]
        advantage = deltas[t] + GAMMA * LAMBDA * kept * advantage
        found.append(advantage)
    returns = jnp.stack(found[::-1]) + fixed[:-1]
    return 0.5 * ((values[:-1] - returns) ** 2).mean()


def torch_regression(net: Any, batch: Any) -> Any:
    """The mean squared error."""
    return nn.functional.mse_loss(net(batch[0]), batch[1])


@jax.custom_vjp
def squared(values: Any, targets: Any) -> Any:
    """A mean squared error with a derivative of its own."""
    return ((values - targets) ** 2).mean()


def forward(values: Any, targets: Any) -> Any:
    """What the derivative keeps."""
    return squared(values, targets), (values, targets)


def backward(kept: Any, cotangent: Any) -> Any:
    """Of values in bfloat16."""
    values, targets = kept
    low = values.astype(jnp.bfloat16).astype(values.dtype)
    gradient = 2 * (low - targets) / values.size * cotangent
    return gradient, -gradient


squared.defvjp(forward, backward)


def low_backward(params: Any, batch: Any) -> Any:
    """Forward and backward have other numbers."""
    return squared(critic(params, batch[0]), batch[1])


def regression() -> Any:
    """States and targets."""
    random = np.random.default_rng(9)
    return random.normal(size=(8, 4)).astype("float32"), random.normal(size=8).astype("float32")


def case(
    fault: str,
    stage: str,
    torch_loss: Any,
    loss: Any,
    place: Any,
    cause: Any,
    source: str,
    batch: Any = None,
) -> Case:
    """A fault of the critic."""
    made = partial(pair, torch_loss, loss, batch)
    return Case(fault, "critic", made, stage, place, cause, source)


FLOWS = ("flows on", "where PyTorch stops it")
CASES: list[Case] = [
    Case("", "critic with TD", partial(pair, torch_gae, gae)),
    case("T78", "gradient", torch_target, target_is_online, ("linear", "tanh", "select", "getitem"),
         FLOWS, "datawhalechina/easy-rl#117"),
    case("T79", "gradient", torch_td, td, ("add",), FLOWS, "google-deepmind/rlax#161"),
    case("T82", "loss", torch_gae, partial(gae, fault="T82"), ("mul", "add"),
         ("factor is left out", "mask is left out"), "vietnh1009/Super-mario-bros-PPO-pytorch#21"),
    case("T83", "loss", torch_gae, partial(gae, fault="T83"), ("mul", "getitem", "rsub"),
         ("shifted by one",), "anthonytorlucci/rlevo#342"),
    case("T85", "loss", torch_gae, partial(gae, fault="T85"), ("mul", "rsub"),
         ("ends", "truncated"), "jsboige/CoursIA#7825", limited()),
    case("T86", "loss", torch_gae, partial(gae, fault="T86"), ("mul", "getitem"),
         ("0 in the last place",), "bmazoure/ppo_jax#2"),
    case("T95", "gradient", torch_regression, low_backward, ("mse_loss", "getitem", "select"),
         ("in bfloat16, the loss is not",), "marin-community/marin#8217", regression()),
]  # fmt: skip
