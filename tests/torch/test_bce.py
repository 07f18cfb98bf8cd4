"""Cross-entropies against PyTorch's: lesson 6's of probabilities, lessons 7's and 8's of logits."""

import jax
import numpy as np
import pytest
import torch

from lessons.l06_logistic_regression import functional as l06
from lessons.l07_multiple_dimension_input import functional as l07
from lessons.l08_dataset_and_dataloader import functional as l08

# 17 and more: float32's sigmoid is 1; 28 and more: ŷ(1 - ŷ) < 1e-12; 100 and more: log ŷ < -100.
Z = [
    0.0,
    0.1,
    1.0,
    5.0,
    10.0,
    16.0,
    17.0,
    20.0,
    27.0,
    28.0,
    30.0,
    36.0,
    40.0,
    90.0,
    99.0,
    104.0,
    800.0,
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_of_probabilities(dtype):
    """The same p on both sides, so that only the loss and its own derivative are compared."""
    info = np.finfo(dtype)
    p = np.array([0.0, info.tiny, 1e-30, 1e-13, 1e-7, 0.3, 0.5, 1 - 2 * info.eps, 1.0], dtype)
    for label in (0.0, 1.0, 0.25):
        y = np.full_like(p, label)
        with jax.enable_x64(dtype == "float64"):
            ours = l06.cross_entropy(p, y)
            slope = jax.grad(lambda p, y=y: l06.cross_entropy(p, y).sum())(p)
        theirs = torch.tensor(p, requires_grad=True)
        value = torch.nn.BCELoss(reduction="none")(theirs, torch.tensor(y))
        value.sum().backward()
        rtol = 4 * info.eps
        np.testing.assert_allclose(ours, value.detach().numpy(), rtol=rtol, atol=info.tiny)
        np.testing.assert_allclose(slope, theirs.grad.numpy(), rtol=rtol, atol=info.tiny)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_through_the_sigmoid(label):
    z = np.array(Z + [-value for value in Z])
    y = np.full_like(z, label)
    with jax.enable_x64(True):
        slope = jax.grad(lambda z: l06.cross_entropy(jax.nn.sigmoid(z), y).sum())(z)
    theirs = torch.tensor(z, requires_grad=True)
    torch.nn.BCELoss(reduction="sum")(torch.sigmoid(theirs), torch.tensor(y)).backward()
    # Two sigmoids may differ in the last digit of ŷ; at z = 28 that is the fourth one of 1 - ŷ.
    np.testing.assert_allclose(slope, theirs.grad.numpy(), rtol=1e-3, atol=1e-15)


@pytest.mark.parametrize("lesson", [l07, l08], ids=["l07", "l08"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_of_logits(lesson, dtype):
    """A net whose last layer is nothing but its bias: the loss as a function of the logit."""
    info = np.finfo(dtype)
    with jax.enable_x64(dtype == "float64"):
        params = jax.tree.map(lambda w: np.zeros(w.shape, dtype), lesson.init(jax.random.key(0)))
        value_and_slope = jax.jit(jax.value_and_grad(lesson.loss))
        x = np.zeros((1, 8), dtype)
        for z in Z + [-value for value in Z]:
            for label in (0.0, 1.0, 0.25):
                y = np.full((1, 1), label, dtype)
                params["linear3"]["bias"] = np.full(1, z, dtype)
                ours, slope = value_and_slope(params, (x, y))
                theirs = torch.full((1, 1), z, dtype=getattr(torch, dtype), requires_grad=True)
                value = torch.nn.BCEWithLogitsLoss()(theirs, torch.tensor(y))
                value.backward()
                # log(1 + e⁻ᶻ) and σ(z) - y may be smaller than the rounding of the 1 in them.
                tolerance = {"rtol": 8 * info.eps, "atol": 8 * info.eps}
                np.testing.assert_allclose(ours, value.item(), **tolerance)
                np.testing.assert_allclose(slope["linear3"]["bias"], theirs.grad[0], **tolerance)
