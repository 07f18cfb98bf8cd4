"""Lesson 16: scores, weights and context by hand; what padding may not do; where the net looks."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl import replay
from jaxdl.data.strings import encode
from lessons.l16_attention import ALPHABETS, Config, functional, parameter_map

HIDDEN = 8
CONFIG = Config(letters=5, hidden=HIDDEN)


def drawn(config, hidden=HIDDEN):
    """Parameters as PyTorch draws them; faster than `init`, which compiles each layer's draw."""
    init = partial(functional.init, letters=len(ALPHABETS[config.task]) + 1, hidden=hidden)
    shapes = jax.eval_shape(init, jax.random.key(0))
    like = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
    return parameter_map(config).draw(replay.Generator(0), like)


def batch(*words):
    answers = [word[::-1] for word in words]
    x = encode(words, ALPHABETS["reversal"], CONFIG.question)
    return x, encode(answers, ALPHABETS["reversal"], CONFIG.answer)


@cache
def decoded():
    """A batch, and all that `decode` takes and gives."""
    params, (x, y) = drawn(CONFIG), batch("cab", "deada")
    before = np.pad(y[:, :-1], ((0, 0), (1, 0)))

    @jax.jit
    def run(params, x, before):
        net = functional.net(params)
        read, state = net.encode(x)
        output, _ = net.decoder(net.decoder_embedding(before), state)
        unpadded = net.encode(x[:1, :3])
        return read, state, output, net.decode(before, state, x, read), unpadded

    return params, x, before, *run(params, x, before)


def test_decode_by_hand():
    params, _, _, read, _, output, (scores, _, weights), _ = decoded()
    read, output, weights = map(np.asarray, (read, output, weights))
    for n, length in enumerate((3, 5)):
        for t in range(CONFIG.answer):
            h, states = output[n, t], read[n, :length]
            fits = np.exp([h @ params["attention"]["kernel"] @ s for s in states])
            shares = fits / fits.sum()
            np.testing.assert_allclose(weights[n, t, :length], shares, rtol=1e-5)
            np.testing.assert_array_equal(weights[n, t, length:], 0)
            both = np.concatenate([shares @ states, h])
            combined = np.tanh(both @ params["combine"]["kernel"] + params["combine"]["bias"])
            wanted = combined @ params["fc"]["kernel"] + params["fc"]["bias"]
            np.testing.assert_allclose(scores[n, t], wanted, atol=1e-6)
    assert np.ptp(weights[1]) > 0.05  # not all alike, or nothing would have been compared


def test_reading_stops_at_the_end_of_the_word():
    _, _, _, read, state, _, _, (read_alone, state_alone) = decoded()
    np.testing.assert_array_equal(read[0, 3:], 0)
    np.testing.assert_allclose(read[:1, :3], read_alone, atol=1e-6)
    np.testing.assert_allclose(state[:, :1], state_alone, atol=1e-6)


def test_the_order_in_which_states_are_given_does_not_matter():
    params, x, before, read, state, _, (scores, _, weights), _ = decoded()
    order = np.array([3, 0, 4, 2, 1])
    found, _, shuffled = functional.net(params).decode(before, state, x[:, order], read[:, order])
    np.testing.assert_allclose(shuffled, weights[:, :, order], atol=1e-6)
    np.testing.assert_allclose(found, scores, atol=1e-6)


def test_a_row_of_padding_does_not_count():
    params, (x, y) = drawn(CONFIG), batch("cab", "deada", "")
    loss = jax.jit(functional.loss)
    wanted = loss(params, (x[[0, 1, 1, 0]], y[[0, 1, 1, 0]]))
    found = loss(params, (x[[0, 1, 2, 2]], y[[0, 1, 2, 2]]))  # the same mean, in the same shape
    assert float(found) == pytest.approx(float(wanted), rel=1e-6)


def test_the_mask_counts_the_answer_and_its_end():
    _, y = batch("cab", "deada", "")
    wanted = [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]]
    np.testing.assert_array_equal(functional.mask(y), np.array(wanted, bool))


@pytest.mark.parametrize("task", ALPHABETS)
def test_shapes_and_map(task):
    config = Config(task=task, letters=5, digits=2, hidden=HIDDEN)
    params, letters = drawn(config), len(ALPHABETS[task]) + 1
    x, y = (jax.ShapeDtypeStruct((3, n), jnp.int32) for n in (config.question, config.answer))
    scores, weights = jax.eval_shape(functional.forced, params, x, y)
    assert scores.shape == (3, config.answer, letters)
    assert weights.shape == (3, config.answer, config.question)
    tensors = parameter_map(config).to_torch(params)
    assert len(tensors) == len(jax.tree.leaves(params)) == 15
    # A square matrix: only its values tell whether it was transposed.
    np.testing.assert_array_equal(tensors["attention.weight"], params["attention"]["kernel"].T)
    jax.tree.map(
        np.testing.assert_array_equal, parameter_map(config).to_jax(tensors, params), params
    )


def test_it_learns_to_look_at_the_letter_that_it_writes():
    config = Config(letters=6, hidden=32, examples=4_000, epochs=5, learning_rate=0.02, decay=0.995)
    data, (x, y) = functional.examples(config), functional.test_examples(config)
    params, history = functional.train(config, data, drawn(config, hidden=32))
    assert config.examples % config.batch_size  # rows of padding: no gradient may be NaN from them
    assert np.all(np.isfinite(history["loss"]))

    alone = jax.jit(functional.apply, static_argnums=2)(params, x, config.answer)
    guess = np.argmax(alone, axis=-1).astype(x.dtype)
    right = (guess == y) | ~np.asarray(functional.mask(y))
    assert np.mean(np.all(right, axis=1)) > 0.9

    scores, weights = map(np.asarray, jax.jit(functional.forced)(params, x, guess))
    np.testing.assert_allclose(scores, alone, atol=1e-3)  # who is told his own letters goes his way
    length = np.sum(x > 0, axis=1)
    n, t = np.nonzero(np.arange(config.answer) < length[:, None])
    off = weights[n, t].argmax(axis=-1) - (length[n] - 1 - t)
    assert np.mean(off == 0) > 0.5
    assert np.mean((off == 0) | (off == 1)) > 0.9  # the state after the next letter has it, too
