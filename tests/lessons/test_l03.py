"""Gradient descent: what a step sees, the slope on paper, and who leaves the saddle."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lessons.l03_gradient_descent import Config, functional


@pytest.mark.parametrize(
    ("method", "sizes"), [("batch", [3]), ("sgd", [1, 1, 1]), ("mini-batch", [2, 1])]
)
def test_each_method_sees_every_example_once_an_epoch_in_order(method, sizes):
    config = Config(method=method, epochs=2)
    data = functional.examples(config)
    batches = functional.batches(data, config.batch_size)
    assert [len(x) for x, _ in batches] == sizes
    for column, pieces in zip(data, zip(*batches, strict=True), strict=True):
        np.testing.assert_array_equal(np.concatenate(pieces), column)
    _, history = functional.train(config, data)
    assert [len(row) for row in history["loss"]] == [len(sizes)] * 2


@pytest.mark.parametrize("method", ["batch", "sgd", "mini-batch"])
def test_jax_finds_the_slope_on_paper(method):
    """In plain Python: w ← w - 0.01 · mean of 2x(xw - y), for every step of a run."""
    config = Config(method=method, epochs=20)
    data = functional.examples(config)
    _, history = functional.train(config, data)
    w = 1.0
    for losses, after in zip(history["loss"], history["w"], strict=True):
        for (xs, ys), found in zip(
            functional.batches(data, config.batch_size), losses, strict=True
        ):
            pairs = list(zip(xs.tolist(), ys.tolist(), strict=True))
            np.testing.assert_allclose(
                found, sum((x * w - y) ** 2 for x, y in pairs) / len(pairs), rtol=1e-4
            )
            w -= 0.01 * sum(2 * x * (x * w - y) for x, y in pairs) / len(pairs)
        np.testing.assert_allclose(after, w, rtol=1e-6)


def test_progress_is_told_after_each_epoch():
    told = []
    config = Config(method="sgd", epochs=3)
    functional.train(config, functional.examples(config), report=lambda *args: told.append(args))
    assert [(epoch, len(losses)) for epoch, losses in told] == [(0, 3), (1, 3), (2, 3)]


def test_the_saddle_is_one():
    origin = jnp.zeros(2)
    np.testing.assert_array_equal(jax.grad(functional.saddle)(origin, functional.SAMPLES), 0)
    hessian = jax.hessian(functional.saddle)(origin, functional.SAMPLES)
    np.testing.assert_array_equal(np.linalg.eigvalsh(hessian), [-2, 2])


def test_on_all_samples_descent_stays_on_the_ridge_exactly_and_stalls():
    path = functional.descend(jax.random.key(0), jnp.array([1.0, 0.0]), steps=150)
    assert path.shape == (151, 2)
    np.testing.assert_array_equal(path[:, 1], 0)
    assert abs(path[-1, 0]) < 1e-6


@pytest.mark.parametrize("size", [1, 16])
def test_on_drawn_samples_every_key_leaves_it_to_either_side(size):
    keys = jax.random.split(jax.random.key(7), 100)
    start = jnp.array([1.0, 0.0])
    path = jax.vmap(lambda key: functional.descend(key, start, batch_size=size, steps=200))(keys)
    assert (jnp.abs(path[:, -1, 1]) > 1).all()
    assert 30 < (path[:, -1, 1] > 1).sum() < 70
