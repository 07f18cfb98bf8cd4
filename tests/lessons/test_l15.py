"""Lesson 15: an encoder's last state, a decoder told or on its own, and which letters count."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl import replay
from lessons.l15_seq2seq import ALPHABETS, Config, functional, parameter_map

HIDDEN, ANSWER = 5, 6
X = np.array([[3, 1, 2, 0], [7, 0, 0, 0], [1, 2, 3, 4]], np.int32)
Y = np.array([[2, 1, 3, 0, 0, 0], [7, 0, 0, 0, 0, 0], [4, 3, 2, 1, 0, 0]], np.int32)


def drawn():
    """Parameters as PyTorch draws them, times three: scores that differ clearly."""
    shapes = jax.eval_shape(partial(functional.init, hidden=HIDDEN), jax.random.key(0))
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
    params = parameter_map(Config(hidden=HIDDEN)).draw(replay.Generator(0), like)
    return jax.tree.map(lambda leaf: 3 * leaf, params)


def gru(cell, x, h):
    """One step for one sequence, by the formula."""
    r_x, z_x, n_x = np.split(x @ cell["kernel_ih"] + cell["bias_ih"], 3)
    r_h, z_h, n_h = np.split(h @ cell["kernel_hh"] + cell["bias_hh"], 3)
    r, z = 1 / (1 + np.exp(-r_x - r_h)), 1 / (1 + np.exp(-z_x - z_h))
    return (1 - z) * np.tanh(n_x + r * n_h) + z * h


def answer(params, question):
    """The scores of the net on its own, letter by letter."""
    h, scores, before = np.zeros(HIDDEN), [], 0
    for letter in question[question > 0]:
        h = gru(params["encoder"]["l0"], params["encoder_embedding"]["embedding"][letter], h)
    for _ in range(ANSWER):
        h = gru(params["decoder"]["l0"], params["decoder_embedding"]["embedding"][before], h)
        scores.append(h @ params["fc"]["kernel"] + params["fc"]["bias"])
        before = int(np.argmax(scores[-1]))
    return np.stack(scores)


def test_the_net_on_its_own_by_hand():
    params = drawn()
    wanted = np.stack([answer(params, question) for question in X])
    scores = jax.jit(functional.apply, static_argnums=2)(params, X, ANSWER)
    np.testing.assert_allclose(scores, wanted, atol=1e-5)
    # Told its own letters, it scores the same in one pass; told others, not, but for the first.
    own = np.argmax(wanted, axis=-1).astype(np.int32)
    forced = jax.jit(functional.forced)
    np.testing.assert_allclose(forced(params, X, own), wanted, atol=1e-5)
    others = forced(params, X, 1 + own % 10)
    np.testing.assert_allclose(others[:, 0], wanted[:, 0], atol=1e-5)
    assert np.all(np.max(np.abs(others[:, 1] - wanted[:, 1]), axis=-1) > 1e-3)


def test_the_answer_and_the_first_0_count():
    rows = np.array([[2, 1, 0, 0], [0, 0, 0, 0], [5, 5, 5, 0]], np.int32)
    wanted = np.array([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]], bool)
    np.testing.assert_array_equal(functional.mask(rows), wanted)


def test_only_the_letters_that_count_have_a_loss_and_a_gradient(monkeypatch):
    monkeypatch.setattr(functional, "forced", lambda scores, x, y: scores)
    x, y = np.pad(X, ((0, 1), (0, 0))), np.pad(Y, ((0, 1), (0, 0)))  # and a row that is no question
    scores = np.random.default_rng(0).normal(size=(*y.shape, 11)).astype(np.float32)
    value, slope = jax.jit(jax.value_and_grad(functional.loss))(scores, (x, y))
    places = [(i, t) for i, letters in enumerate([3, 1, 4]) for t in range(letters + 1)]
    wanted, losses = np.zeros_like(scores), []
    for i, t in places:
        share = np.exp(scores[i, t]) / np.sum(np.exp(scores[i, t]))
        losses.append(-np.log(share[y[i, t]]))
        wanted[i, t] = (share - np.eye(11)[y[i, t]]) / len(places)  # 11 of 24
    np.testing.assert_allclose(value, np.mean(losses), rtol=1e-5)
    np.testing.assert_allclose(slope, wanted, atol=1e-6)


def test_the_schedule_multiplies_after_every_step():
    optimizer, _ = functional.make_step(0.1, 0.5)
    params = jnp.zeros(2)
    state = optimizer.init(params)
    for count in range(4):  # of a constant gradient Adam makes a whole step
        updates, state = optimizer.update(jnp.array([3.0, -0.01]), state)
        assert state[1].step == count + 1
        rate = 0.1 * 0.5**count
        np.testing.assert_allclose(updates, [-rate, rate], rtol=1e-4)


def echo(params, x, width):
    """A net that answers with the question."""
    return jax.nn.one_hot(jnp.pad(x, ((0, 0), (0, width - x.shape[1]))), 11)


def test_an_exact_match_is_right_to_the_end_and_free_behind_it(monkeypatch):
    monkeypatch.setattr(functional, "apply", echo)
    right = np.array([[2, 1, 0, 9], [0, 4, 4, 4], [5, 5, 5, 0]], np.int32)
    y = np.array([[2, 1, 0, 0], [0, 0, 0, 0], [5, 5, 5, 0]], np.int32)
    wrong = np.array([[2, 2, 0, 0], [2, 1, 7, 0], [2, 0, 0, 0], [0, 0, 0, 0]], np.int32)
    cases = np.concatenate([right, wrong]), np.concatenate([y, y[[0, 0, 0, 0]]])
    assert float(functional.exact_match({}, cases)) == pytest.approx(3 / 7)


def test_an_answer_ends_before_its_first_0(monkeypatch):
    monkeypatch.setattr(
        functional, "apply", lambda params, x, n: jnp.roll(echo(params, x, n), 1, 1)
    )
    assert functional.answers(Config(letters=3), {}, ["cab"]) == [""]
    monkeypatch.setattr(functional, "apply", echo)
    assert functional.answers(Config(letters=3), {}, ["cab", "a"]) == ["cab", "a"]


@pytest.mark.parametrize("task", ALPHABETS)
def test_answers_are_right_and_the_test_is_new(task):
    config = Config(task=task, examples=200, letters=4, digits=2)
    sets = functional.examples(config), functional.test_examples(config)
    assert [len(x) for x, _ in sets] == [200, 1000]

    def text(row):
        return "".join(f" {ALPHABETS[task]}"[i] for i in row).rstrip()

    for x, y in sets:
        assert x.shape[1:] == (config.question,)
        assert y.shape[1:] == (config.answer,)
        assert not np.any(y[:, -1])  # there is room for the end
        for question, found in zip(map(text, x), map(text, y), strict=True):
            wanted = question[::-1] if task == "reversal" else sum(map(int, question.split("+")))
            assert found == str(wanted)
    assert not {text(row) for row in sets[0][0]} & {text(row) for row in sets[1][0]}
