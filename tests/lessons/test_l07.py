"""Lesson 7: the loss in its corners, and what the README says of the nets."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lessons.l07_multiple_dimension_input import Config, functional


def of_z(z, y):
    """Loss and slope of one example as functions of the net's logit, its last bias."""
    params = jax.tree.map(jnp.zeros_like, functional.init(jax.random.key(0)))
    params["linear3"]["bias"] = jnp.array([z])
    batch = jnp.zeros((1, 8)), jnp.array([[y]])
    loss, slope = jax.value_and_grad(functional.loss)(params, batch)
    return loss, slope["linear3"]["bias"][0]


@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("z", [-5.0, -0.3, 0.0, 1.0, 5.0])
def test_the_loss_is_the_formula(z, y):
    value, slope = of_z(z, y)
    np.testing.assert_allclose(value, np.log1p(np.exp(z)) - y * z, rtol=1e-5)
    np.testing.assert_allclose(slope, 1 / (1 + np.exp(-z)) - y, rtol=1e-5)


# Values of torch.nn.BCEWithLogitsLoss()(z, y); tests/torch/test_bce.py computes them.
@pytest.mark.parametrize(
    ("z", "y", "loss", "slope"),
    [(200, 0, 200, 1), (200, 1, 0, 0), (-200, 1, 200, -1), (17, 1, 4.1399e-8, -4.1399e-8)],
)
def test_a_net_that_is_sure_still_learns(z, y, loss, slope):
    np.testing.assert_allclose(of_z(float(z), float(y)), (loss, slope), rtol=1e-4, atol=1e-30)


def test_accuracy_counts_probabilities_above_one_half():
    config = Config(activation="tanh")
    data = functional.examples(config)
    params, history = functional.train(config, data)
    p = jax.nn.sigmoid(functional.apply(params, data[0], "tanh"))
    wanted = np.mean(np.asarray(p > 0.5) == data[1])
    assert 0.7 < wanted < 1
    found = functional.result(config, params, history, data)["accuracy"]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


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
