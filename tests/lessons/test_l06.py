"""Lesson 6: the cross-entropy is PyTorch's where the formula is not a number."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from lessons.l06_logistic_regression.functional import apply, cross_entropy, loss

# p, y -> loss and dl/dp of torch.nn.functional.binary_cross_entropy, real PyTorch 2.13.0, float64.
# Its floor of 1e-12 is a float32 constant: 1 over it is not 1e12.
FACTS = {
    (0.0, 0.0): (0.0, 0.0),
    (1.0, 0.0): (100.0, 1000000003995.8029),
    (1e-20, 0.0): (1e-20, 1.0000000039958028e-08),
    (1e-13, 0.0): (1.00000000000005e-13, 0.10000000039958029),
    (0.99999994, 0.0): (16.628921275250665, 16666666.675439263),
    (0.5, 0.0): (0.6931471805599453, 2.0),
    (0.0, 1.0): (100.0, -1000000003995.8029),
    (1.0, 1.0): (0.0, 0.0),
    (1e-20, 1.0): (46.051701859880914, -1000000003995.8029),
    (1e-13, 1.0): (29.933606208922594, -1000000003995.7028),
    (1e-45, 1.0): (100.0, -1000000003995.8029),
    (0.5, 1.0): (0.6931471805599453, -2.0),
    (0.0, 0.3): (30.0, -300000001198.74084),
    (1.0, 0.3): (70.0, 700000002797.0619),
}


@pytest.mark.parametrize(("p", "y"), FACTS)
def test_is_torchs(p, y):
    with jax.enable_x64(True):
        found = jax.value_and_grad(cross_entropy)(np.float64(p), np.float64(y))
        np.testing.assert_allclose(found, FACTS[p, y], rtol=1e-14)


@pytest.mark.parametrize(("p", "y"), [key for key in FACTS if key[0] != 0.99999994])
def test_is_torchs_in_float32(p, y):
    """At 1 - 6e-8 float32 has another p: only that one is left out."""
    found = jax.value_and_grad(cross_entropy)(jnp.float32(p), jnp.float32(y))
    np.testing.assert_allclose(found, FACTS[p, y], rtol=1e-6)


@pytest.mark.parametrize(
    ("z", "y", "value", "slope"),
    [
        (20.0, 1.0, 0.0, 0.0),
        (20.0, 0.0, 100.0, 0.0),  # certain, wrong, and no slope
        (-20.0, 1.0, 20.0, -1.0),
        (-200.0, 1.0, 100.0, 0.0),
        (-200.0, 0.0, 0.0, 0.0),
    ],
)
def test_through_the_sigmoid_as_torch(z, y, value, slope):
    """PyTorch's float32 values of BCELoss after torch.sigmoid."""
    found = jax.value_and_grad(lambda z: cross_entropy(jax.nn.sigmoid(z), y))(jnp.float32(z))
    np.testing.assert_allclose(found, (value, slope), rtol=1e-6, atol=3e-9)


def test_is_the_loss_from_logits_where_nothing_saturates():
    z = jnp.linspace(-8, 8, 33)
    for y in (0.0, 0.5, 1.0):
        ours = jax.vmap(jax.value_and_grad(lambda z: cross_entropy(jax.nn.sigmoid(z), y)))(z)  # noqa: B023 (used at once)
        labels = jnp.full_like(z, y)
        stable = jax.vmap(jax.value_and_grad(optax.sigmoid_binary_cross_entropy))(z, labels)
        # 1 - σ(8) has lost ten of its bits
        np.testing.assert_allclose(ours, stable, rtol=1e-3, atol=1e-6)


def test_one_sure_example_does_not_spoil_the_batch():
    batch = jnp.array([[1.0], [300.0]]), jnp.array([[0.0], [1.0]])
    params = {"linear": {"kernel": jnp.array([[1.0]]), "bias": jnp.array([0.0])}}
    assert apply(params, batch[0])[1, 0] == 1
    value, gradient = jax.value_and_grad(loss)(params, batch)
    assert jax.tree.all(jax.tree.map(lambda leaf: jnp.isfinite(leaf).all(), (value, gradient)))
