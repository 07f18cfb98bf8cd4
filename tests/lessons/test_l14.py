"""Lesson 14: a text in pieces, a net that reads it, and what it writes."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl import replay
from jaxdl.data.dataset import Split
from lessons.l14_char_rnn import Config, functional, parameter_map

HIDDEN, COUNT = 4, 4000
KEY = jax.random.key(0)
read = jax.jit(functional.read)


@cache
def drawn(hidden=HIDDEN, seed=0):
    """Parameters as PyTorch draws them; faster than `init`, which compiles each layer's draw."""
    shapes = jax.eval_shape(partial(functional.init, hidden=hidden), KEY)
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
    return parameter_map(Config(hidden=hidden)).draw(replay.Generator(seed), like)


def expecting(p):
    """A net that expects the same after every letter: the codes 0, 1, … with probabilities p."""
    params = jax.tree.map(np.zeros_like, drawn())
    bias = np.full(functional.LETTERS, -1e9, np.float32)
    bias[: len(p)] = np.log(p)
    return params | {"fc": {**params["fc"], "bias": bias}}


def letters(*shape):
    return np.random.default_rng(0).integers(0, functional.LETTERS, shape).astype(np.uint8)


def write(start, temperature, key=KEY, params=None):
    """COUNT letters after one: always of the same shape, so that it is compiled once."""
    codes = np.frombuffer(start, np.uint8)
    return np.asarray(functional.write(params or drawn(), key, codes, COUNT, temperature))


def test_pieces_are_the_text_and_the_text_one_letter_on():
    codes = np.arange(14, dtype=np.uint8)
    x, y = functional.pieces(Split(codes[:-1], codes[1:].astype(np.int32)), 5)
    np.testing.assert_array_equal(x, [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]])
    np.testing.assert_array_equal(y, [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]])


def test_no_answer_depends_on_a_later_letter():
    x = letters(3, 12)
    changed = x.copy()
    changed[:, 7] = (x[:, 7] + 1) % functional.LETTERS
    before, after = read(drawn(), x)[0], read(drawn(), changed)[0]
    differs = np.any(np.asarray(before != after), axis=-1)  # (3, 12)
    np.testing.assert_array_equal(differs, np.tile(np.arange(12) >= 7, (3, 1)))


def test_letter_by_letter_with_the_state_is_the_whole_at_once():
    x = letters(3, 12)
    whole, end = read(drawn(), x)
    state, scores = jnp.zeros((3, 3, HIDDEN)), []
    for i in range(12):
        score, state = read(drawn(), x[:, i : i + 1], state)
        scores.append(score[:, 0])
    np.testing.assert_allclose(np.stack(scores, axis=1), whole, atol=1e-6)
    np.testing.assert_allclose(state, end, atol=1e-6)


def test_loss_is_the_mean_over_all_letters_in_nats():
    x, y = letters(3, 12), letters(12, 3).T.astype(np.int32)
    scores = np.asarray(read(drawn(), x)[0], np.float64)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))
    wanted = -np.mean([log_p[n, i, y[n, i]] for n in range(3) for i in range(12)])
    np.testing.assert_allclose(jax.jit(functional.loss)(drawn(), (x, y)), wanted, rtol=1e-5)


def test_result_is_in_bits():
    nothing = jax.tree.map(np.zeros_like, drawn())
    found = functional.result(Config(hidden=HIDDEN), nothing, None, None)
    assert float(found["bits per letter"]) == pytest.approx(7, rel=1e-4)  # 128 codes, all alike


def test_at_temperature_0_the_likeliest_letter_is_written():
    params = jax.tree.map(lambda leaf: np.float32(3) * leaf, drawn())  # so that texts differ
    text = np.zeros((3, 12), np.uint8)  # read again as a whole for every letter, without a state
    text[:, 0] = list(b"Min")
    for i in range(1, 12):
        text[:, i] = np.argmax(read(params, text)[0][:, i - 1], axis=-1)
    for row in text:
        np.testing.assert_array_equal(write(row[:1].tobytes(), 0.0, params=params)[:11], row[1:])
    assert len({row[1:].tobytes() for row in text}) == 3


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.0])
def test_temperature_raises_probabilities_to_a_power(temperature):
    p = np.array([0.2, 0.5, 0.3])
    codes = write(b"A", temperature, params=expecting(p))
    wanted = p ** (1 / temperature) if temperature else p == 0.5
    shares = np.bincount(codes, minlength=3) / COUNT
    np.testing.assert_allclose(shares, wanted / wanted.sum(), atol=0.03)  # 4 standard deviations


def test_same_key_same_text_and_a_new_temperature_compiles_nothing():
    first = write(b"A", 1.0)
    compiled = functional.write._cache_size()
    np.testing.assert_array_equal(write(b"A", 1.0), first)
    assert np.any(write(b"A", 1.0, jax.random.key(1)) != first)
    assert np.any(write(b"A", 0.7) != first)
    assert functional.write._cache_size() == compiled


def test_text_takes_key_and_temperature_from_the_config_unless_it_is_told():
    text = partial(functional.text, Config(temperature=2.0, seed=3), drawn(), "A", COUNT)
    assert text() == write(b"A", 2.0, jax.random.key(3)).astype(np.uint8).tobytes().decode("ascii")
    assert text(key=KEY, temperature=0.5) == bytes(write(b"A", 0.5).tolist()).decode("ascii")


def test_it_learns_a_text_and_goes_on_with_it():
    """After "o" comes a space or "n", after a space "o" or "t": what was before decides."""
    codes = np.frombuffer(b"one two " * 13, np.uint8)
    data = functional.pieces(Split(codes[:-1], codes[1:].astype(np.int32)), 20)
    config = Config(hidden=32, batch_size=5, learning_rate=0.05, epochs=100, temperature=0.0)
    params, history = functional.train(config, data, drawn(32, seed=1))
    assert [len(row) for row in history["loss"]] == [1] * 100
    assert functional.text(config, params, "t", 23) == "wo one two one two one "
