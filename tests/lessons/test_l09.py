"""Lesson 9: a net that is a function, the loss, momentum, and the two ways to run an epoch."""

from dataclasses import replace
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl.train import TrainState, accuracy, fit
from lessons.l09_softmax_classifier import Config, functional

CONFIG = Config()
value_and_gradient = jax.jit(jax.value_and_grad(functional.loss))


@pytest.fixture(scope="module")
def data():
    return functional.examples(CONFIG)


@pytest.fixture(scope="module")
def start():
    return functional.init(jax.random.key(1))


def by_hand(params, x):
    """The net with NumPy alone."""
    x = np.reshape(x, (len(x), 784))
    for i in range(1, 6):
        layer = params[f"linear{i}"]
        x = x @ np.array(layer["kernel"]) + np.array(layer["bias"])[None]
        x = np.maximum(0, x) if i < 5 else x
    return x


def test_apply_is_the_layers_written_out(data, start):
    np.testing.assert_allclose(
        functional.apply(start, data[0][:50]), by_hand(start, data[0][:50]), atol=1e-5
    )


def test_apply_depends_on_its_arguments_alone(data, start):
    """Compiled once, it follows every change of the parameters, and changes none."""
    compiled, x = jax.jit(functional.apply), data[0][:20]
    before = jax.tree.map(np.array, start)
    first = compiled(start, x)
    shifted = start | {"linear5": start["linear5"] | {"bias": start["linear5"]["bias"] + 1}}
    np.testing.assert_allclose(compiled(shifted, x), first + 1, atol=1e-5)
    np.testing.assert_array_equal(compiled(start, x), first)
    jax.tree.map(np.testing.assert_array_equal, before, start)


def test_params_are_nested_dicts_of_arrays(start):
    widths = [784, 512, 256, 128, 64, 10]
    for i, (features, outputs) in enumerate(pairwise(widths), 1):
        layer = start[f"linear{i}"]
        assert type(layer) is dict
        assert {name: leaf.shape for name, leaf in layer.items()} == {
            "kernel": (features, outputs),
            "bias": (outputs,),
        }
        bound = features**-0.5
        for leaf in layer.values():
            assert isinstance(leaf, jax.Array)
            assert 0.6 * bound < np.abs(leaf).max() <= bound


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_loss_is_minus_log_p_and_optaxs(data, start, scale):
    """Also where the net is so sure that p underflows."""
    x, y = data[0][:64], data[1][:64]
    params = start | {"linear5": jax.tree.map(lambda leaf: scale * leaf, start["linear5"])}
    z = np.float64(by_hand(params, x))
    shifted = z - z.max(axis=1, keepdims=True)
    minus_log_p = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(64), y]
    found, _ = value_and_gradient(params, (x, y))
    np.testing.assert_allclose(found, minus_log_p.mean(), rtol=1e-5)
    optaxs = optax.softmax_cross_entropy_with_integer_labels(jnp.float32(z), y).mean()
    np.testing.assert_allclose(found, optaxs, rtol=1e-5)


def test_slope_of_the_loss_is_softmax_minus_one_hot(data, start):
    """By the last bias, which is added to every example's scores."""
    x, y = data[0][:64], data[1][:64]
    _, slope = value_and_gradient(start, (x, y))
    p = jax.nn.softmax(by_hand(start, x))
    np.testing.assert_allclose(
        slope["linear5"]["bias"], np.mean(p - np.eye(10)[y], axis=0), atol=1e-6
    )


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_steps_are_the_formula(data, start, momentum):
    optimizer, on_batch = functional.make_step(0.1, momentum)
    on_batch = jax.jit(on_batch)
    state = TrainState.create(start, optimizer)
    params, velocity = start, jax.tree.map(jnp.zeros_like, start)
    for first in (0, 64, 128):
        batch = tuple(column[first : first + 64] for column in data)
        _, slopes = value_and_gradient(params, batch)
        velocity = jax.tree.map(lambda v, slope: momentum * v + slope, velocity, slopes)
        params = jax.tree.map(lambda w, v: w - 0.1 * v, params, velocity)
        state, _ = on_batch(state, batch)
    assert state.step == 3
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), state.params, params)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-11), ("float32", 1e-5)])
def test_a_step_a_call_and_an_epoch_a_call_give_the_same_losses(data, start, dtype, tolerance):
    with jax.enable_x64(dtype == "float64"):
        params = jax.tree.map(lambda leaf: np.asarray(leaf, dtype), start)
        few = data[0][:128].astype(dtype), data[1][:128]
        optimizer, on_batch = functional.make_step(0.1, 0.5)
        found = []
        for scan in (True, False):
            state, history = fit(
                on_batch,
                TrainState.create(params, optimizer),
                few,
                jax.random.key(3),
                epochs=2,
                batch_size=64,
                scan=scan,
            )
            assert [row.shape for row in history["loss"]] == [(2,), (2,)]
            assert history["loss"][0].dtype == dtype
            found.append((np.ravel(history["loss"]), state.params))
        np.testing.assert_allclose(found[0][0], found[1][0], rtol=tolerance)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, atol=tolerance), found[0][1], found[1][1]
        )


def test_accuracy_counts_every_test_image_once(start):
    x, y = functional.test_examples(CONFIG)
    right = np.mean(by_hand(start, x).argmax(axis=1) == y)
    for chunk in (1000, 100, 7):  # whole, with a smaller last chunk, with another one
        found = accuracy(functional.apply, start, (x[:100], y[:100]), chunk=chunk)
        np.testing.assert_allclose(found, np.mean(by_hand(start, x[:100]).argmax(1) == y[:100]))
    np.testing.assert_allclose(accuracy(functional.apply, start, (x, y)), right)


def test_twenty_epochs_of_larger_steps_learn_the_digits(data):
    """Over six seeds 0.97 to 0.99. The steps of the Config alone leave the loss near log 10."""
    config = replace(CONFIG, learning_rate=0.1, epochs=20)
    test = functional.test_examples(config)
    params, history = functional.train(config, data, test=test)
    assert history["test_accuracy"][-1] > 0.9
    assert functional.result(config, params, history, data) == {
        "test accuracy": history["test_accuracy"][-1]
    }
