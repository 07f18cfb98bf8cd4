"""Lesson 18: the net by hand, what a letter may see, one table for two, a step's parts, writing."""

import math
from dataclasses import replace
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl import replay
from jaxdl.autograd.saved_jax import saved_jax
from jaxdl.course import find
from jaxdl.course.start import like_torch
from jaxdl.data.dataset import Split
from jaxdl.errors import InputError
from lessons.l18_transformer import Config, functional, parameter_map, pieces, recipe, writing

SMALL = Config(layers=1, heads=2, width=8, context=8, batch_size=4, epoch_steps=2, epochs=1)
TWO = replace(SMALL, layers=2)
KEY = jax.random.key(0)
read = jax.jit(functional.read, static_argnums=2)


@cache
def drawn(config=SMALL, std=0.5):
    """Parameters that are large enough for letters to differ."""
    shapes = jax.eval_shape(partial(functional.init, config=config.compiled), KEY)
    generator = np.random.default_rng(0)
    return jax.tree.map(
        lambda leaf: (generator.normal(size=leaf.shape) * std + (leaf.ndim == 1)).astype(
            leaf.dtype
        ),
        shapes,
    )


def letters(*shape):
    return np.random.default_rng(1).integers(0, functional.LETTERS, shape).astype(np.uint8)


def by_hand(params, x):
    """The logits of one text (length, 128) and the weights of the first block's heads, in NumPy."""

    def norm(x, scale):
        x = x - x.mean(axis=-1, keepdims=True)
        return scale * x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-5)

    phi = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)
    params = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), params)
    table = params["letters"]["embedding"]
    stream, first = table[x] + params["places"]["embedding"][: len(x)], []
    for name, block in params["blocks"].items():
        rows = norm(stream, block["norm1"]["scale"]) @ block["attention"]["qkv"]["kernel"]
        found = np.zeros_like(stream)
        for h in range(2):
            query, key, value = (rows[:, start + 4 * h :][:, :4] for start in (0, 8, 16))
            weights = np.zeros((len(x), len(x)))
            for i in range(len(x)):  # each letter looks at itself and at those before it
                fits = np.exp(query[i] @ key[: i + 1].T / 2)  # √4
                weights[i, : i + 1] = fits / fits.sum()
            found[:, 4 * h : 4 * h + 4] = weights @ value
            first += [weights] if name == "0" else []
        stream = stream + found @ block["attention"]["out"]["kernel"]
        hidden = norm(stream, block["norm2"]["scale"]) @ block["up"]["kernel"]
        stream = stream + (hidden * phi(hidden)) @ block["down"]["kernel"]
    return norm(stream, params["norm"]["scale"]) @ table.T, np.array(first)


def test_the_net_by_hand():
    x = letters(3, 8)
    scores, _, weights = read(drawn(TWO), x, TWO)
    for n, text in enumerate(x):
        wanted, looks = by_hand(drawn(TWO), text)
        np.testing.assert_allclose(scores[n], wanted, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(weights[0][n], looks, atol=1e-5)
    assert np.ptp(looks[:, -1]) > 0.05  # not all alike, or nothing would have been compared


def test_no_answer_depends_on_a_later_letter():
    x = letters(3, 8)
    changed = x.copy()
    changed[:, 5] = (x[:, 5] + 1) % functional.LETTERS
    differs = np.any(np.asarray(read(drawn(), x, SMALL)[0] != read(drawn(), changed, SMALL)[0]), -1)
    np.testing.assert_array_equal(differs, np.tile(np.arange(8) >= 5, (3, 1)))


def test_pieces_begin_at_every_letter_and_the_test_at_every_context(monkeypatch):
    codes = np.arange(12, dtype=np.uint8)
    splits = type("Splits", (), {})()
    splits.train = splits.test = Split(codes[:-1], codes[1:].astype(np.int32))
    monkeypatch.setattr(pieces, "load", lambda name: splits)
    config = replace(SMALL, context=4)
    x, y = pieces.examples(config)
    np.testing.assert_array_equal(x[:, 0], np.arange(8))
    np.testing.assert_array_equal(y, x + 1)
    np.testing.assert_array_equal(pieces.test_examples(config)[0], [[0, 1, 2, 3], [4, 5, 6, 7]])


def test_the_tables_gradient_has_both_uses():
    """Of letters that were not read, too: the answer is read off all of them."""
    batch = letters(4, 8), letters(8, 4).T
    backward = jax.jit(jax.grad(functional.loss), static_argnums=2)
    slope = np.asarray(backward(drawn(), batch, SMALL.compiled)["letters"]["embedding"])
    never = np.setdiff1d(np.arange(functional.LETTERS), batch[0])
    assert np.all(np.any(slope[never] != 0, axis=1))
    moved = drawn()["letters"]["embedding"].copy()
    moved[batch[0][0, 0], 0] += 1e-2
    value = jax.jit(functional.loss, static_argnums=2)
    by_moving = (
        float(value(drawn() | {"letters": {"embedding": moved}}, batch, SMALL.compiled))
        - float(value(drawn(), batch, SMALL.compiled))
    ) / 1e-2
    assert slope[batch[0][0, 0], 0] == pytest.approx(by_moving, rel=0.05, abs=1e-3)


@pytest.mark.parametrize("change", [{"accumulate": 2}, {"recompute": True}])
def test_another_way_to_the_same_gradient(change):
    batch = letters(4, 8), letters(8, 4).T

    def slope(config):
        value_and_grad = jax.value_and_grad(partial(functional.loss, config=config.compiled))
        if config.accumulate > 1:
            value_and_grad = partial(recipe.in_parts, value_and_grad, parts=config.accumulate)
        return jax.jit(value_and_grad)(drawn(), batch)

    jax.tree.map(
        partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-5),
        slope(replace(SMALL, **change)),
        slope(SMALL),
    )


def test_with_recompute_less_is_kept():
    """Of what the program asks for; XLA on a CPU may keep more."""
    x = letters(4, 8)

    def kept(config):
        slow = partial(functional.loss, config=config.compiled)
        return saved_jax(slow, drawn(TWO), (x, x)).bytes("operation", "input")

    assert kept(replace(TWO, recompute=True)) < 0.5 * kept(TWO)


def test_bfloat16_is_close_and_so_is_its_gradient():
    batch = letters(4, 8), letters(8, 4).T
    run = jax.jit(jax.value_and_grad(functional.loss), static_argnums=2)
    value, slope = run(drawn(std=0.1), batch, SMALL.compiled)
    low, low_slope = run(drawn(std=0.1), batch, replace(SMALL, bfloat16=True).compiled)
    assert low != value
    assert float(low) == pytest.approx(float(value), rel=0.01)
    for ours, theirs in zip(jax.tree.leaves(low_slope), jax.tree.leaves(slope), strict=True):
        assert ours.dtype == jnp.float32  # the parameters are, and so their steps
        assert np.linalg.norm(ours - theirs) < 0.05 * np.linalg.norm(theirs)


def test_learning_rate_rises_and_falls():
    config = Config(learning_rate=0.01, warmup=9, decay=109)
    found = [float(recipe.learning_rate(jnp.int32(n), config)) for n in (0, 4, 9, 59, 109, 500)]
    np.testing.assert_allclose(found, [0.001, 0.005, 0.01, 0.0055, 0.001, 0.001], rtol=1e-6)


def test_only_matrices_decay():
    config = replace(SMALL, learning_rate=0.5, weight_decay=0.1, warmup=0)
    optimizer = recipe.optimizer(config)
    nothing = jax.tree.map(np.zeros_like, drawn())
    updates, _ = jax.jit(optimizer.update)(nothing, optimizer.init(drawn()), drawn())
    for old, new in zip(
        jax.tree.leaves(drawn()),
        jax.tree.leaves(optax.apply_updates(drawn(), updates)),
        strict=True,
    ):
        np.testing.assert_allclose(new, old * (0.95 if old.ndim > 1 else 1), rtol=1e-6)


def without_cache(params, config, start, count, temperature):
    """Every letter from all letters that are seen, read anew."""
    codes, written = list(start)[-config.context :], []
    for key in jax.random.split(KEY, count):
        x = np.zeros((1, config.context), np.uint8)
        x[0, : len(codes)] = codes
        scores = read(params, x, config.compiled)[0][0, len(codes) - 1]
        drawn = jax.random.categorical(key, scores / (temperature or 1))
        letter = int(drawn if temperature else jnp.argmax(scores))
        if len(codes) == config.context:
            codes = codes[config.context - config.context // 2 :]
        codes.append(letter)
        written.append(letter)
    return written


@pytest.mark.parametrize(
    ("context", "start", "temperature"), [(8, b"Mi", 0.0), (5, b"MARIA AND", 1.0)]
)
def test_a_text_written_with_a_cache_is_the_one_without(context, start, temperature):
    config = replace(SMALL, context=context)
    codes = np.frombuffer(start, np.uint8)
    found = writing.write(
        functional.read, drawn(config), KEY, codes, 20, temperature, config.compiled
    )
    assert found.tolist() == without_cache(drawn(config), config, codes, 20, temperature)
    assert len(set(found.tolist())) > 1


def test_text_takes_key_and_temperature_from_the_config_unless_it_is_told():
    text = partial(writing.text, functional.read, replace(SMALL, temperature=2.0, seed=3), drawn())
    assert text("A", 20) == text("A", 20, key=jax.random.key(3), temperature=2.0)
    assert text("A", 20) != text("A", 20, key=jax.random.key(4))
    compiled = writing.write._cache_size()
    text("A", 20, temperature=0.1)
    assert writing.write._cache_size() == compiled


def test_a_part_must_divide_its_whole():
    with pytest.raises(InputError, match="heads 3 must divide width 128"):
        Config(heads=3)
    with pytest.raises(InputError, match="accumulate 5 must divide batch_size 12"):
        Config(accumulate=5)


def test_the_map_draws_as_the_twin_and_ties():
    config, lesson = replace(TWO, width=16), find("l18")
    data = functional.examples(config)
    params, order = like_torch(lesson, config, data)
    assert order is not None
    assert order.shape == (1, 8)  # as many pieces as the steps see, with replacement
    assert order.max() < len(data[0])
    np.testing.assert_allclose(params["letters"]["embedding"].std(), 0.02, rtol=0.05)
    np.testing.assert_allclose(params["blocks"]["1"]["down"]["kernel"].std(), 0.01, rtol=0.1)
    np.testing.assert_array_equal(params["norm"]["scale"], 1)
    tensors = parameter_map(config).to_torch(params)
    assert tensors["head.weight"] is tensors["letters.weight"]
    again = parameter_map(config).draw(replay.Generator(0), params)
    jax.tree.map(np.testing.assert_array_equal, again, params)


def test_it_learns_a_text_and_goes_on_with_it():
    """After "o" comes a space or "n", after a space "o" or "t": what was before decides."""
    config = Config(
        layers=1, heads=2, width=32, context=16, batch_size=8, learning_rate=0.01, warmup=10,
        epoch_steps=200, epochs=1, temperature=0.0,
    )  # fmt: skip
    codes = np.frombuffer(b"one two " * 13, np.uint8)
    window = partial(np.lib.stride_tricks.sliding_window_view, window_shape=16)
    params, history = functional.train(config, (window(codes[:-1]), window(codes[1:])))
    assert [len(row) for row in history["loss"]] == [200]
    assert writing.text(functional.read, config, params, "t", 23) == "wo one two one two one "
