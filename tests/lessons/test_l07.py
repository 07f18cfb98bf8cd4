"""Lesson 7: the loss in its corners, and what the README says of the nets."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lessons.l07_multiple_dimension_input import Config, functional


def of_z(z, y):
    """Loss and slope of one example as functions of what the last sigmoid is given."""
    return jax.value_and_grad(lambda z: functional.cross_entropy(jax.nn.sigmoid(z), y))(z)


@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("z", [-5.0, -0.3, 0.0, 1.0, 5.0])
def test_cross_entropy_is_the_formula_where_nothing_is_clamped(z, y):
    value, slope = of_z(z, y)
    np.testing.assert_allclose(value, np.log1p(np.exp(z)) - y * z, rtol=1e-5)
    np.testing.assert_allclose(slope, 1 / (1 + np.exp(-z)) - y, rtol=1e-5)


# Values of torch.nn.BCELoss()(torch.sigmoid(z), y); tests/torch/test_bce.py computes them.
@pytest.mark.parametrize(("z", "y", "loss"), [(200, 0, 100), (200, 1, 0), (-200, 1, 100)])
def test_cross_entropy_of_a_saturated_net_is_finite(z, y, loss):
    value, slope = of_z(float(z), float(y))
    assert (float(value), float(slope)) == (loss, 0.0)


def test_labels_of_the_wrong_rank_are_refused():
    x, y = functional.examples(Config())
    params = functional.init(jax.random.key(0), x.shape[1])
    with pytest.raises(ValueError, match="rank_promotion"):
        functional.loss(params, (x, y[:, 0]))


def test_the_start_is_within_pytorchs_bounds():
    params = functional.init(jax.random.key(0), features=30)
    assert [layer["kernel"].shape for layer in params.values()] == [(30, 6), (6, 4), (4, 1)]
    for layer in params.values():
        bound = layer["kernel"].shape[0] ** -0.5
        values = jnp.concatenate([layer["kernel"].ravel(), layer["bias"]])
        assert -bound <= values.min() < -0.3 * bound
        assert 0.3 * bound < values.max() < bound
