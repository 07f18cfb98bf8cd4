"""`jaxdl.losses` against `torch.nn.functional`, live: values and gradients by every input."""

import inspect
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from benchmarks.coverage.losses import FUNCTIONS, configurations
from jaxdl import losses
from tests.losses.cases import CASES
from tests.soak import whole_or
from tests.torch.losses import Case, compare


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(name):
    compare([Case(name, *case) for case in CASES[name]], 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_single_precision_is_torchs(name):
    cases = [Case(name, *case).cast("float32") for case in CASES[name][::3]]
    compare(cases, 1e-6)


def test_every_loss_of_the_database_is_there():
    """PyTorch's own tests: 21 functions in 1231 configurations."""
    count = Counter(database for database, _ in configurations())
    assert count == {"module_db": 1133, "criterion_tests": 48, "module_tests": 50}
    # torch.nn.TripletMarginWithDistanceLoss and AdaptiveLogSoftmaxWithLoss are not among them.
    known = {case.name for _, case in configurations()}
    assert set(FUNCTIONS) - known == {"triplet_margin_with_distance_loss"}


@pytest.mark.parametrize("name", sorted({*CASES} - {"triplet_margin_with_distance_loss"}))
def test_the_databases_configurations(name):
    """In the suite one of each kind, and every fifth kind of the 147 of one function."""
    cases = [case for _, case in configurations() if case.name == name]
    kinds = list({case.kind: case for case in cases}.values())
    part = kinds[::5] if name == "linear_cross_entropy" else kinds
    compare(whole_or(part, cases), 1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_keywords_and_defaults_are_torchs(name):
    ours = inspect.signature(getattr(losses, name)).parameters
    theirs = inspect.signature(getattr(torch.nn.functional, name)).parameters
    left_out = {"size_average", "reduce", "options"}  # deprecated; how to save memory
    defaults = {key: p.default for key, p in theirs.items() if key not in left_out}
    assert {key: p.default for key, p in ours.items()} == defaults
    arrays = [p.kind is not p.KEYWORD_ONLY for p in ours.values()]
    assert arrays == sorted(arrays, reverse=True)
    assert [p.default is p.empty for p in ours.values()] == arrays


@pytest.mark.filterwarnings("ignore:reduction")  # of kl_div's mean
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_gives_half_precision(dtype):
    """And another array's wider precision, where PyTorch promotes."""
    for name in FUNCTIONS:
        if name in ("ctc_loss", "multi_margin_loss", "multilabel_margin_loss"):
            continue  # PyTorch has none on a CPU
        arrays, options = CASES[name][0]
        half = {
            k: jnp.asarray(x, dtype if x.dtype.kind == "f" else None) for k, x in arrays.items()
        }
        tensors = {k: torch.tensor(np.asarray(x.astype("float32"))) for k, x in half.items()}
        tensors = {
            k: x.to(getattr(torch, dtype)) if arrays[k].dtype.kind == "f" else x.long()
            for k, x in tensors.items()
        }
        wanted = getattr(torch.nn.functional, name)(**tensors, **options)
        found = getattr(losses, name)(**half, **options)
        assert str(wanted.dtype) == f"torch.{found.dtype}", name
        if dtype == "bfloat16":
            np.testing.assert_allclose(
                np.asarray(found, "float32"), wanted.float().numpy(), rtol=0.03, atol=0.03
            )
    x = jnp.ones(3, dtype)
    assert losses.mse_loss(x, jnp.ones(3)).dtype == "float32"
    assert losses.mse_loss(x, jnp.ones(3, int)).dtype == dtype


def test_adaptive_log_softmax_is_torchs():
    torch.manual_seed(0)
    for bias, cutoffs, batch in ((True, [3], (6,)), (False, [2, 5, 9], (6,)), (True, [4, 6], ())):
        model = torch.nn.AdaptiveLogSoftmaxWithLoss(
            8, 12, cutoffs, div_value=2.0, head_bias=bias, dtype=torch.float64
        )
        x = torch.randn(*batch, 8, dtype=torch.float64, requires_grad=True)
        target = torch.randint(0, 12, batch)
        params = {
            "head": {"kernel": model.head.weight.detach().numpy().T},
            "tail": [
                [{"kernel": layer.weight.detach().numpy().T} for layer in cluster]
                for cluster in model.tail
            ],
        }
        if bias:
            params["head"]["bias"] = model.head.bias.detach().numpy()
        output, loss = model(x, target)
        loss.backward()
        with jax.enable_x64(True):
            inputs = x.detach().numpy()

            def run(params, x, target):
                found = losses.adaptive_log_softmax_with_loss(params, x, target)
                return found.loss, found

            gradient = jax.jit(jax.grad(run, argnums=(0, 1), has_aux=True))
            slopes, found = gradient(params, inputs, target.numpy())
            log_p = losses.adaptive_log_softmax(params, np.atleast_2d(inputs))
        near = {"rtol": 1e-12, "atol": 1e-14}
        np.testing.assert_allclose(found.output, output.detach().numpy(), **near)
        np.testing.assert_allclose(found.loss, loss.item(), **near)
        np.testing.assert_allclose(slopes[1], x.grad.numpy(), **near)
        np.testing.assert_allclose(slopes[0]["head"]["kernel"], model.head.weight.grad.T, **near)
        for ours, theirs in zip(slopes[0]["tail"], model.tail, strict=True):
            for layer, other in zip(ours, theirs, strict=True):
                grad = 0 if other.weight.grad is None else other.weight.grad.numpy().T
                np.testing.assert_allclose(layer["kernel"], grad, **near)
        np.testing.assert_allclose(log_p, model.log_prob(x.reshape(-1, 8)).detach(), **near)
