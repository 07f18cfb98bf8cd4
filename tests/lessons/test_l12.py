"""Lesson 12: what the nets compute, letter by letter and by hand, and what they can learn."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl import nn
from jaxdl.course.start import like_torch
from jaxdl.parity import MapError
from lessons.l12_basic_rnn import LESSON, LETTERS, MODELS, UNITS, Config, functional, parameter_map

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
quick_jit = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
every_unit = pytest.mark.parametrize("unit", UNITS)


def start(model, unit="rnn"):
    """The data, and the parameters as PyTorch draws them."""
    config = Config(model=model, unit=unit)
    data = functional.examples(config)
    return data, like_torch(LESSON, config, data)[0]


def scores(params, x, model, unit="rnn"):
    return quick_jit(lambda params, x: functional.apply(params, x, model, unit))(params, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(unit, cell, sequence):
    """The states after every step, from zeros, in PyTorch's equations: (seq, size) -> the same."""
    size = len(cell["kernel_hh"])
    h, c, states = np.zeros(size), np.zeros(size), []
    for x in np.asarray(sequence, np.float64):
        given = np.split(x @ cell["kernel_ih"] + cell["bias_ih"], GATES[unit])
        kept = np.split(h @ cell["kernel_hh"] + cell["bias_hh"], GATES[unit])
        if unit == "rnn":
            h = np.tanh(given[0] + kept[0])
        elif unit == "gru":
            r, z = (sigmoid(a + b) for a, b in zip(given[:2], kept[:2], strict=True))
            h = (1 - z) * np.tanh(given[2] + r * kept[2]) + z * h
        else:
            i, f, g, o = (a + b for a, b in zip(given, kept, strict=True))
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        states.append(h)
    return np.array(states)


@every_unit
def test_the_cell_letter_by_letter_and_the_layer_are_the_equations(unit):
    (x, _), params = start("cell", unit)
    assert x.shape == (5, 1, 4)
    np.testing.assert_array_equal(x.sum(axis=2), 1)
    assert "".join(LETTERS[i] for i in x[:, 0].argmax(axis=1)) == "hello"
    wanted = by_hand(unit, params["cell"], x[:, 0])[:, None]
    np.testing.assert_allclose(scores(params, x, "cell", unit), wanted, atol=1e-6)
    same = {"rnn": {"l0": params["cell"]}}
    np.testing.assert_allclose(scores(same, x, "rnn", unit), wanted, atol=1e-6)
    assert np.abs(wanted).max() < 1  # hence the loss has a floor


@every_unit
def test_the_embedded_net_is_rows_two_layers_and_a_linear_layer(unit):
    (x, _), params = start("embedding", unit)
    assert x.shape == (1, 5)
    states = params["embedding"]["embedding"][x[0]]  # (5, 10)
    for layer in ("l0", "l1"):
        states = by_hand(unit, params["rnn"][layer], states)
    wanted = states @ params["fc"]["kernel"] + params["fc"]["bias"][None]
    np.testing.assert_allclose(scores(params, x, "embedding", unit)[0], wanted, atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_an_answer_depends_on_what_was_read_and_not_on_what_follows(model):
    (x, _), params = start(model)
    run = quick_jit(lambda x: functional.apply(params, x, model).reshape(5, 4))
    other = x.copy()
    letter = (0, 2) if model == "embedding" else 2
    other[letter] = x[(0, 4) if model == "embedding" else 4]  # "heolo"
    changed = np.any(np.asarray(run(x)) != np.asarray(run(other)), axis=1)
    assert changed.tolist() == [False, False, True, True, True]


def test_without_batch_first_the_days_of_a_sample_are_taken_for_samples():
    _, params = start("rnn")
    days = np.random.default_rng(0).normal(size=(1, 3, 4)).astype("float32")  # batch first
    for batch_first, runs in ((True, [days[0]]), (False, [day[None] for day in days[0]])):
        output, _ = quick_jit(partial(nn.rnn, batch_first=batch_first))(params["rnn"], days)
        wanted = np.concatenate([by_hand("rnn", params["rnn"]["l0"], run) for run in runs])
        np.testing.assert_allclose(output[0], wanted, atol=1e-6)


def test_the_cell_adds_up_what_the_layer_averages():
    data, params = start("cell")
    same = {"rnn": {"l0": params["cell"]}}

    @quick_jit
    def both(params, same):
        slope = jax.value_and_grad(functional.loss)
        return slope(params, data), slope(same, data, "rnn")

    (added, by_cell), (mean, by_layer) = both(params, same)
    rows = by_hand("rnn", params["cell"], data[0][:, 0])
    right = rows[np.arange(5), data[1]]
    np.testing.assert_allclose(added, np.sum(np.log(np.exp(rows).sum(axis=1)) - right), rtol=1e-6)
    np.testing.assert_allclose(added, 5 * mean, rtol=1e-6)
    for name, slope in by_layer["rnn"]["l0"].items():
        np.testing.assert_allclose(by_cell["cell"][name], 5 * slope, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(by_cell["cell"]["bias_ih"], by_cell["cell"]["bias_hh"])


@every_unit
@pytest.mark.parametrize("model", MODELS)
def test_the_map_is_total_and_invertible(model, unit):
    _, params = start(model, unit)
    pairs = parameter_map(Config(model=model, unit=unit))
    tensors = pairs.to_torch(params)
    assert len(tensors) == len(jax.tree.leaves(params)) == (11 if model == "embedding" else 4)
    jax.tree.map(np.testing.assert_array_equal, pairs.to_jax(tensors, params), params)
    name, rows = next((name, len(leaf)) for name, leaf in tensors.items() if "weight_hh" in name)
    assert rows == GATES[unit] * (8 if model == "embedding" else 4)
    with pytest.raises(MapError, match=name):
        pairs.to_jax({key: tensors[key] for key in tensors if key != name}, params)


def test_the_embedded_net_learns_the_word_and_brings_like_letters_together():
    data, params = start("embedding")
    config = Config(model="embedding", learning_rate=0.05)
    learnt, history = functional.train(config, data, params)
    assert functional.answer(config, learnt, data) == "ohlol"
    assert functional.result(config, learnt, history, data) == {"letters right": 5}
    assert len(history["loss"]) == 15
    assert history["loss"][-1][0] < 0.1 < 1 < history["loss"][0][0]

    small = params | {"embedding": jax.tree.map(lambda x: x / 10, params["embedding"])}
    kinds = data[0], functional.token_ids("hehhe")  # "e" for a vowel, "h" for a consonant
    learnt, _ = functional.train(config, kinds, small)
    rows = np.asarray(learnt["embedding"]["embedding"])
    unit_rows = rows / np.linalg.norm(rows, axis=1)[:, None]
    likeness = dict(zip(LETTERS, unit_rows @ unit_rows.T, strict=True))
    nearest = {u: LETTERS[np.argsort(row)[-2]] for u, row in likeness.items()}
    assert nearest == {"e": "o", "o": "e", "h": "l", "l": "h"}


def test_a_wrong_word_is_counted_letter_by_letter():
    config, data = Config(), functional.examples(Config())
    _, params = start("cell")
    always_l = jax.tree.map(jnp.zeros_like, params)
    always_l["cell"]["bias_ih"] = jnp.array([0.0, 0.0, 9.0, 0.0])
    assert functional.answer(config, always_l, data) == "lllll"
    assert functional.result(config, always_l, {}, data) == {"letters right": 2}
