"""Batch normalisation without PyTorch: the definition, masks, devices, what is refused."""

import jax
import numpy as np
import pytest
from flax import nnx

from jaxdl import nn

X = np.random.default_rng(0).normal(2, 3, (6, 2, 2, 3)).astype("float32")
MEAN, VAR = X.mean((0, 1, 2)), X.var((0, 1, 2))
UNBIASED = X.var((0, 1, 2), ddof=1)
FILLED = np.concatenate([X, np.full((2, 2, 2, 3), 99, "float32")])
REAL = (np.arange(8) < 6)[:, None, None, None]


def layer(**options):
    return nn.BatchNorm(3, rngs=nnx.Rngs(0), **options)


def stats(norm):
    return np.array(norm.mean[...]), np.array(norm.var[...])


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "options", [{}, {"use_fast_variance": True}, {"momentum": 0.5}, {"axis": 1}]
)
@pytest.mark.parametrize("masked", [False, True])
def test_training_takes_the_batchs_and_moves_the_running_ones(options, masked):
    norm = layer(**options)
    x, mask = (FILLED, REAL) if masked else (X, None)
    to_axis = lambda array: np.moveaxis(array, -1, options.get("axis", -1))  # noqa: E731
    y = norm(to_axis(x), mask=mask)
    close(y[:6], to_axis((X - MEAN) / np.sqrt(VAR + 1e-5)))
    keep = options.get("momentum", 0.9)
    close(stats(norm), ((1 - keep) * MEAN, keep + (1 - keep) * UNBIASED))


def test_evaluation_takes_the_running_ones_and_leaves_them():
    norm = layer(scale_init=jax.nn.initializers.constant(2), bias_init=jax.nn.initializers.ones)
    norm(X)
    before = stats(norm)
    wanted = (X - before[0]) / np.sqrt(before[1] + 1e-5) * 2 + 1
    close(norm(X, use_running_average=True), wanted)
    norm.eval()
    close(norm(X), wanted)
    close(stats(norm), before)


def test_devices_that_share_a_batch_see_all_of_it():
    graphdef, params, rest = nnx.split(layer(axis_name="batch"), nnx.Param, ...)

    def share(x):
        norm = nnx.merge(graphdef, params, rest, copy=True)
        return norm(x), norm.mean[...], norm.var[...]

    y, mean, var = jax.vmap(share, axis_name="batch")(X.reshape(2, 3, 2, 2, 3))
    whole = layer()
    close(y.reshape(X.shape), whole(X))
    close((mean[1], var[1]), stats(whole))


def test_statistics_are_in_float32_at_least():
    norm = layer(param_dtype="bfloat16")
    assert norm(X.astype("bfloat16")).dtype == norm.scale.dtype == "bfloat16"
    assert {stat.dtype for stat in stats(norm)} == {np.dtype("float32")}


def test_one_number_a_feature_has_no_variance():
    with pytest.raises(ValueError, match=r"\(1, 3\) has one number a feature"):
        layer()(X[0, 0, :1])
    assert layer(use_running_average=True)(X[0, 0, :1]).shape == (1, 3)
    norm = layer()  # among masked ones no error is possible: the deviation is 0
    norm(X[0, 0], mask=np.array([[True], [False]]))
    assert np.isfinite(stats(norm)).all()
