"""The doctor on training: one planted fault for each thing that it is given, and runs compared."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

from benchmarks.faults import mlp, resume, weights
from benchmarks.faults.trained import training
from jaxdl import optim
from jaxdl.optim import schedules
from jaxdl.parity import compare, diagnose


@pytest.fixture(autouse=True)
def usual_jax():
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


def adam(parameters):
    return torch.optim.Adam(parameters, lr=0.01)


def clip(parameters):
    torch.nn.utils.clip_grad_norm_(parameters, 0.5)


def thirds(optimizer):
    return torch.optim.lr_scheduler.StepLR(optimizer, 3)


def clipped(*rest):
    return optax.chain(optim.clip_grad_norm(0.5), *rest)


@pytest.mark.parametrize(
    ("ours", "options", "cause"),
    [
        (lambda: optim.adam(0.01, betas=(0.9, 0.97)), {}, "b2 is 0.97, not 0.999"),
        (
            lambda: optim.adam(lambda count: schedules.step_lr(0.01, 3)(count + 1)),
            {"torch_scheduler": thirds},
            "counted one step ahead",
        ),
        (
            lambda: optax.chain(optim.adam(0.01), optax.scale(1.0)),
            {"torch_clip": clip},
            "the gradient is not clipped; PyTorch clips to the norm 0.5",
        ),
        (
            lambda: optax.MultiSteps(optim.adam(0.01), 2),
            {"torch_accumulate": 4},
            "2 batches are accumulated to a step; PyTorch accumulates 4",
        ),
        (
            lambda: optax.MultiSteps(clipped(optim.adam(schedules.step_lr(0.01, 3))), 2),
            {"torch_scheduler": thirds, "torch_clip": clip, "torch_accumulate": 2},
            "",
        ),
    ],
)
def test_an_optimizer_with_what_belongs_to_it(ours, options, cause):
    found = diagnose(**training("MLP", adam, ours, **options))
    assert found.healthy == (not cause)
    assert cause in found.cause


def test_parameters_that_are_treated_in_another_way_are_named():
    heads = {"wide": "on", "norm": "on", "square": "on", "head": "off"}
    ours = optax.multi_transform({"on": optim.adam(0.01), "off": optax.set_to_zero()}, heads)
    found = diagnose(**training("MLP", adam, lambda: ours))
    assert found.place.endswith("head.weight, head.bias")
    assert found.cause == "head.weight and head.bias are not updated at all"


def test_a_converter():
    swapped = weights.swapped("state/norm/mean", "state/norm/var")
    found = diagnose(**weights.converted_by("CNN", swapped))
    assert found.stage == "weights"
    assert found.place.startswith("norm.running_mean")
    assert "exchanged with those of norm.var" in found.cause


def test_a_training_that_is_interrupted():
    pair = training("MLP", None, resume.tx, resumed=resume.without_schedule)
    found = diagnose(**pair)
    assert (found.stage, found.place) == ("resume", "ScaleByScheduleState.count")
    assert found.cause == "it is set back to its start (0)"


def test_runs_are_compared_with_schedule_clipping_and_accumulation():
    pair = mlp.pair()
    random = np.random.default_rng(1)
    batches = [
        (random.normal(size=(9, 7)).astype("float32"), random.integers(0, 5, 9)) for _ in range(4)
    ]
    pair["torch_optimizer"] = adam(pair["model"].parameters())
    options = {"torch_scheduler": thirds, "torch_clip": clip, "torch_accumulate": 2}
    for rate, agrees in ((schedules.step_lr(0.01, 3), True), (0.01, False)):
        ours = optax.MultiSteps(clipped(optim.adam(rate)), 2)
        found = compare(**pair, optimizer=ours, steps=5, batches=batches, layers=False, **options)
        assert found.agree == agrees
    assert pair["torch_optimizer"].param_groups[0]["lr"] == 0.01


def test_a_gradient_that_pytorch_stops():
    def torch_loss(net, batch):
        logits = net(batch[0])
        return (logits * logits.detach().exp()).mean()

    def loss(params, batch):
        logits = mlp.apply(params, batch[0])
        return (logits * jnp.exp(logits)).mean()

    found = diagnose(**(mlp.pair() | {"loss": loss, "torch_loss": torch_loss}))
    assert found.stage == "gradient"
    assert "where PyTorch stops it" in found.cause
