"""Lesson 13: the net over names of any length, by hand; what padding and empty rows must not do."""

from functools import partial

import jax
import numpy as np
import pytest

from jaxdl import replay
from jaxdl.data import CATALOGUE, Dataset, Split
from jaxdl.parity import MapError
from lessons.l13_rnn_classifier import Config, functional, parameter_map

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
quick_jit = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
NAMES = ["Mori", "Giannopoulos", "O'Curry", "de Wit"]
HIDDEN, CLASSES = 3, 5


def drawn(hidden=HIDDEN, classes=CLASSES):
    """Parameters as PyTorch draws them; faster than `init`, which compiles each layer's draw."""
    shapes = jax.eval_shape(
        partial(functional.init, classes=classes, hidden=hidden), jax.random.key(0)
    )
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
    return parameter_map(Config()).draw(replay.Generator(0), like)


def gru_by_hand(cell, sequence):
    """The states after every step, from zeros, in PyTorch's equations."""
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    states = [np.zeros(HIDDEN)]
    for x in sequence:
        ir, iz, inn = np.split(x @ cell["kernel_ih"] + cell["bias_ih"], 3)
        hr, hz, hn = np.split(states[-1] @ cell["kernel_hh"] + cell["bias_hh"], 3)
        z = sigmoid(iz + hz)
        states.append((1 - z) * np.tanh(inn + sigmoid(ir + hr) * hn) + z * states[-1])
    return np.stack(states[1:])


def scores_by_hand(params, name):
    """One name, never padded: both layers in both directions, then the upper layer's two ends."""
    letters = params["embedding"]["embedding"][[ord(letter) for letter in name]]
    for layer in ("l0", "l1"):
        forward = gru_by_hand(params["gru"][layer], letters)
        backward = gru_by_hand(params["gru"][f"{layer}_reverse"], letters[::-1])[::-1]
        letters = np.hstack([forward, backward])
    ends = np.concatenate([backward[0], forward[-1]])  # PyTorch's cat([h[-1], h[-2]])
    return ends @ params["fc"]["kernel"] + params["fc"]["bias"]


def test_names_become_padded_rows_of_codes():
    x = functional.inputs(["Ito", "O'Curry"])
    assert x.shape == (2, functional.WIDTHS[-1])
    assert x[0, :4].tolist() == [73, 116, 111, 0]
    assert not x[0, 3:].any()
    assert functional.lengths(x).tolist() == [3, 7]
    with pytest.raises(ValueError, match="'ü'"):
        functional.inputs(["Müller"])


def test_every_name_of_both_datasets_fits():
    assert {CATALOGUE[name].longest for name in ("surnames", "names")} == {19}
    assert functional.WIDTHS[-1] >= 19


def test_scores_in_a_batch_are_those_of_each_name_alone():
    params, x = drawn(), functional.inputs(NAMES)
    wanted = [scores_by_hand(params, name) for name in NAMES]
    np.testing.assert_allclose(quick_jit(functional.apply)(params, x), wanted, atol=1e-5)


def test_neither_width_nor_empty_rows_change_loss_or_gradient():
    params, x, y = drawn(), functional.inputs(NAMES), np.array([4, 0, 2, 2], np.int32)
    filled = np.pad(x, ((0, 3), (0, 0))), np.pad(y, (0, 3))

    @quick_jit  # at once: two programs would take longer
    def both(params, *batches):
        return [jax.value_and_grad(functional.loss)(params, batch) for batch in batches]

    (value, gradient), other = both(params, (x[:, :12], y), filled)
    scores = np.array([scores_by_hand(params, name) for name in NAMES])
    wanted = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(4), y]
    np.testing.assert_allclose(value, wanted.mean(), rtol=1e-5)
    close = partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-6)
    jax.tree.map(close, other, (value, gradient))
    # The padding's row of the table is never learnt, nor is that of a letter that does not occur.
    for slope in (gradient, other[1]):
        used = np.any(np.asarray(slope["embedding"]["embedding"]) != 0, axis=1)
        assert set(np.flatnonzero(used)) == {ord(letter) for name in NAMES for letter in name}


def test_result_tells_both_accuracies_where_a_test_set_leaks(monkeypatch):
    split = lambda x, y: Split(np.array(x), np.array(y, np.int32))  # noqa: E731
    test = split(["Ab", "Ac", "Bd", "Be"], [1, 0, 0, 1])  # "Ab" leaks, under another country
    names = Dataset("names", split(["Ab", "Bb"], [0, 1]), test, "a test")
    monkeypatch.setattr(functional, "load", lambda _: names)
    by_first_letter = lambda params, x: jax.nn.one_hot(x[:, 0] - ord("A"), 18)  # noqa: E731
    monkeypatch.setattr(functional, "apply", by_first_letter)
    found = functional.result(Config(data="names"), {}, {}, None)
    assert {name: round(float(value), 3) for name, value in found.items()} == {
        "test accuracy": 0.5,
        "accuracy on unseen names": 0.667,
    }
    assert list(functional.result(Config(), {}, {}, None)) == ["test accuracy"]


def test_the_map_is_total_and_invertible():
    params, pairs = drawn(), parameter_map(Config())
    tensors = pairs.to_torch(params)
    assert len(tensors) == len(jax.tree.leaves(params)) == 1 + 4 * 4 + 2
    assert tensors["gru.weight_ih_l1_reverse"].shape == (3 * HIDDEN, 2 * HIDDEN)
    jax.tree.map(np.testing.assert_array_equal, pairs.to_jax(tensors, params), params)
    del tensors["gru.bias_hh_l1_reverse"]
    with pytest.raises(MapError, match=r"gru\.l1_reverse\.bias_hh"):
        pairs.to_jax(tensors, params)
