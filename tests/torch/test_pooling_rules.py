"""Traps 6 and 23 of docs/porting.md: pooling at the border and with ties, and ReLU at 0."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import nnx
from torch.nn import functional

RANDOM = np.random.default_rng(0)


def both(ours, theirs, x):
    """Output and gradient of a weighted sum of the output, of both frameworks, NCHW."""
    output = theirs(torch.from_numpy(x))
    weights = RANDOM.normal(size=output.shape)

    def weighted(x):
        y = ours(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        return jnp.sum(y * weights), y

    # Flax divides by a NumPy integer, which strict promotion refuses.
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        gradient, y = jax.grad(weighted, has_aux=True)(jnp.asarray(x))
    inputs = torch.from_numpy(x).requires_grad_()
    (theirs(inputs) * torch.from_numpy(weights)).sum().backward()
    return (y, gradient), (output, inputs.grad)


def assert_same(ours, theirs, x):
    for a, b in zip(*both(ours, theirs, x), strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(3, 1, 1), (2, 2, 0), (3, 2, 1), (5, 3, 2)]
)
def test_average_pooling_at_the_border(size, stride, padding, counted):
    x = RANDOM.normal(size=(2, 3, 9, 8))
    assert_same(
        lambda x: nnx.avg_pool(
            x,
            (size, size),
            (stride, stride),
            ((padding, padding), (padding, padding)),
            count_include_pad=counted,
        ),
        lambda x: functional.avg_pool2d(x, size, stride, padding, count_include_pad=counted),
        x,
    )


def test_both_frameworks_count_the_padding_by_default():
    x = np.ones((1, 1, 3, 3))
    with jax.numpy_dtype_promotion("standard"):
        ours = nnx.avg_pool(jnp.ones((1, 3, 3, 1)), (3, 3), (1, 1), ((1, 1), (1, 1)))
    theirs = functional.avg_pool2d(torch.from_numpy(x), 3, 1, 1)
    assert ours[0, 0, 0, 0] == pytest.approx(4 / 9)
    np.testing.assert_allclose(ours[0, :, :, 0], theirs[0, 0], rtol=1e-6)


def windows(name):
    if name == "no ties":
        return RANDOM.normal(size=(2, 3, 8, 6))
    if name == "everything equal":
        return np.full((2, 3, 8, 6), 0.5)
    return RANDOM.integers(0, 3, (2, 3, 8, 6)).astype(np.float64)


@pytest.mark.parametrize("name", ["no ties", "many ties", "everything equal"])
@pytest.mark.parametrize(("size", "stride", "padding"), [(2, 2, 0), (3, 1, 1), (3, 2, 0)])
def test_max_pooling_gives_the_gradient_to_the_first_of_equals(name, size, stride, padding):
    assert_same(
        lambda x: nnx.max_pool(
            x, (size, size), (stride, stride), ((padding, padding), (padding, padding))
        ),
        lambda x: functional.max_pool2d(x, size, stride, padding),
        windows(name),
    )


def test_reshape_and_max_splits_the_gradient_instead():
    """The trap: the same output, another gradient where pixels are equal."""

    def pool(x):
        n, h, w, c = x.shape
        return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))

    (y, gradient), (output, right) = both(
        pool, lambda x: functional.max_pool2d(x, 2), windows("everything equal")
    )
    np.testing.assert_array_equal(y, output)
    gradient = np.asarray(gradient)
    assert np.max(np.abs(gradient - right.numpy())) > 0.1
    quarters = gradient.reshape(2, 3, 4, 2, 3, 2)
    np.testing.assert_array_equal(quarters, quarters[:, :, :, :1, :, :1] + np.zeros((2, 1, 2)))


@pytest.mark.parametrize("relu", [nnx.relu, jax.nn.relu])
def test_relu_has_no_slope_at_zero(relu):
    zero = torch.zeros(1, requires_grad=True)
    torch.relu(zero).sum().backward()
    assert jax.grad(relu)(0.0) == zero.grad.item() == 0
    assert jax.grad(lambda x: jnp.maximum(x, 0.0))(0.0) == 0.5  # the trap
