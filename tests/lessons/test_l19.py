"""Lesson 19: each ingredient of the recipe by itself, against what the paper says of it."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.course import find
from jaxdl.course.start import like_torch
from lessons.l19_reproduce_a_record import (
    MUON,
    RECORD,
    TAKEN_AWAY,
    Config,
    functional,
    initial,
    pictures,
)  # fmt: skip
from lessons.l19_reproduce_a_record.recipe import functional as recipe

CONFIG = Config(width=2, batch_size=16, schedule=20)
KEY = jax.random.key(0)


def images(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 32, 32, 3)).astype(np.float32)


def test_what_comes_out_of_the_first_layer_is_white():
    x = pictures.examples(CONFIG)[0][:200]
    kernel = initial.kernel(x)
    corners = [x[:, i : i + 31, j : j + 31] for i in (0, 1) for j in (0, 1)]
    patches = np.stack(corners, axis=3).reshape(-1, 2, 2, 3)
    found = np.einsum("nijc,ijck->nk", patches.astype(np.float64), kernel)
    np.testing.assert_allclose(found[:, 12:], -found[:, :12], atol=1e-4)
    moments = found[:, :12].T @ found[:, :12] / len(found)
    np.testing.assert_allclose(moments - np.diag(np.diag(moments)), 0, atol=1e-3)
    variances = 1 / np.sum(kernel[..., :12].astype(np.float64) ** 2, axis=(0, 1, 2)) - 5e-4
    np.testing.assert_allclose(np.diag(moments), variances / (variances + 5e-4), rtol=1e-3)
    assert np.all(np.diff(variances) < 0)  # the largest first


@pytest.mark.parametrize("shape", [(3, 3, 5, 8), (3, 3, 8, 5)])
def test_a_convolution_begins_as_the_identity(shape):
    kernel = initial.identity(KEY, shape)
    x = images(2)[..., :1] * np.arange(1, shape[2] + 1, dtype=np.float32)
    numbers = ("NHWC", "HWIO", "NHWC")
    y = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=numbers)
    same = min(shape[2:])
    np.testing.assert_allclose(y[..., :same], x[..., :same], rtol=1e-6)
    rest = np.asarray(kernel[..., shape[2] :])
    assert rest.size == 0 or 0.1 < np.abs(rest).max() <= 1 / 45**0.5  # PyTorch's bound


def test_two_epochs_show_each_image_both_ways():
    def shown(flip):
        return [pictures.mirrored(replace(CONFIG, flip=flip), 999, i) for i in range(4)]

    first, second, third, fourth = shown("alternating")
    np.testing.assert_array_equal(second, ~first)
    np.testing.assert_array_equal((third, fourth), (first, second))
    assert 0.4 < np.mean(first) < 0.6
    drawn = shown("random")
    assert 0.4 < np.mean(drawn[0] != drawn[1]) < 0.6
    assert not np.any(shown("none"))
    other = pictures.mirrored(replace(CONFIG, seed=1), 999, 0)
    assert 0.4 < np.mean(other != first) < 0.6


def test_windows_are_everywhere_and_stay_inside():
    found = pictures.shifts(CONFIG, 5000, 0)
    assert found.min() == 0
    assert found.max() == 4
    pairs, counts = np.unique(found, axis=0, return_counts=True)
    assert len(pairs) == 25
    assert counts.min() > 130  # of 200
    assert np.mean(found == pictures.shifts(CONFIG, 5000, 1)) < 0.3


def test_an_image_is_mirrored_and_then_shifted():
    x, flip = images(3), np.array([False, True, True])
    shift = np.array([[2, 2], [2, 2], [0, 3]], np.int32)
    found = recipe.augmented(x, flip, shift, 2)
    np.testing.assert_array_equal(found[0], x[0])
    np.testing.assert_array_equal(found[1], x[1, :, ::-1])
    mirrored = x[2, :, ::-1]
    np.testing.assert_array_equal(found[2, 2:, :-1], mirrored[:-2, 1:])
    np.testing.assert_array_equal(found[2, :2, :-1], mirrored[[2, 1], 1:])  # its own border, turned


def test_grey_images_get_colours_that_say_nothing_of_them():
    grey = np.random.default_rng(0).integers(0, 256, (50, 28, 28)).astype(np.uint8)
    found = pictures.coloured(grey, 0).astype(int)
    assert found.shape == (50, 32, 32, 3)
    border, ink = found[:, :2], found[0, 2:30, 2:30][grey[0] == 255]
    assert np.all(np.ptp(border, axis=(1, 2)) <= 32)  # one colour, and its grain
    paper = border.mean(axis=(1, 2))
    assert np.all(np.abs(np.abs(ink - paper[0]) - 128) < 32)
    assert np.all((paper < 100) | (paper > 155))
    assert len(np.unique(np.round(paper), axis=0)) == 50
    photographs = np.zeros((2, 32, 32, 3), np.uint8)
    assert pictures.coloured(photographs, 0) is photographs


@pytest.mark.parametrize(
    ("views", "found"), [(1, [1, 0, 0]), (2, [0.5, 0.5, 0]), (6, [0.25, 0.25, 0.25])]
)
def test_a_test_image_is_judged_by_its_views(views, found):
    """By a net that tells of three places how bright they are."""

    def net(params, x, config):
        shifted = x[:, 11, 8, 0] + x[:, 11, 23, 0]  # itself and its mirror image, down by a pixel
        return jnp.stack([x[:, 10, 7, 0], x[:, 10, 24, 0], shifted], -1)

    x = np.zeros((1, 32, 32, 3), np.float32)
    x[0, 10, 7] = 1
    answers = recipe.views(net, None, x, replace(CONFIG, views=views))
    np.testing.assert_allclose(answers[0], found)


def test_rates_go_up_and_down():
    def share(count, **changed):
        config = replace(Config(schedule=100), **changed)
        return float(recipe.schedule(jnp.int32(count), config))

    found = [share(n) for n in (0, 23, 100, 500)]
    np.testing.assert_allclose(found, [0.2, 1, 0.07, 0.07], rtol=1e-6)
    assert share(12) == pytest.approx(0.2 + 0.8 * 12 / 23)
    muon = [share(n, optimizer="muon") for n in (0, 25, 100, 500)]
    np.testing.assert_allclose(muon, [1, 0.75, 0, 0], atol=1e-6)
    first = partial(recipe.first_bias, config=Config(schedule=100))
    assert float(first(jnp.int32(29))) == pytest.approx(share(29))
    assert float(first(jnp.int32(30))) == 0


@pytest.mark.parametrize("changed", [{}, {"momentum": 0.5}, {"learning_rate": 5.0}])
def test_what_is_uncoupled(changed):
    """A step of constant gradients is the rate, and the decay is the decay, whatever else is."""
    config = replace(CONFIG, batch_size=1024, bias_rate=1.0, freeze=1.0, **changed)
    optimizer = recipe.optimizer(config)
    params = {"head": {"kernel": jnp.ones((2, 2))}}
    gradients = {"slope": jnp.full((2, 2), 1e-3), "none": jnp.zeros((2, 2))}
    steps = {}
    for name, gradient in gradients.items():
        state = optimizer.init(params)
        for _ in range(60):
            updates, state = optimizer.update({"head": {"kernel": gradient}}, state, params)
        steps[name] = float(updates["head"]["kernel"][0, 0]) / 0.07
    # With Nesterov's momentum a step is (1 + m / (1 - m)) = 1 / (1 - m) of the gradient.
    m = config.momentum
    one = (1 / (1 - m)) / (1 + 1 / (1 - m))
    assert steps["none"] == pytest.approx(-config.weight_decay * one, rel=1e-3)
    assert steps["slope"] - steps["none"] == pytest.approx(
        -config.learning_rate * 1e-3 * one, rel=1e-3
    )


def test_every_parameter_has_its_group():
    params = functional.parted(functional.drawn(KEY, replace(CONFIG, whiten=False).compiled),
                               replace(CONFIG, whiten=False))[0]  # fmt: skip
    groups = jax.tree.map_with_path(recipe.label, params)
    assert groups["whiten"] == {"kernel": "whiten", "bias": "first bias"}
    assert groups["head"] == {"kernel": "head"}
    assert groups["blocks"]["2"] == {
        "conv1": {"kernel": "filters"},
        "norm1": {"bias": "biases"},
        "conv2": {"kernel": "filters"},
        "norm2": {"bias": "biases"},
    }


def test_orthogonal():
    matrix = np.random.default_rng(0).normal(size=(4, 30)).astype(np.float32)
    u, _, vt = np.linalg.svd(matrix, full_matrices=False)
    found = np.linalg.svd(recipe.orthogonal(matrix, steps=5), compute_uv=False)
    assert np.all((found > 0.6) & (found < 1.3))
    off = recipe.orthogonal(matrix, steps=5) - u @ vt
    assert np.linalg.norm(off) < 0.35 * np.linalg.norm(u @ vt)


def test_muon_keeps_each_kernels_length():
    config = replace(CONFIG, optimizer="muon", muon_rate=0.0)
    kernel = jnp.asarray(np.random.default_rng(0).normal(size=(3, 3, 2, 8)), jnp.float32)
    muon = recipe.muon(config)
    updates, _ = muon.update(kernel, muon.init(kernel), kernel)
    assert float(jnp.linalg.norm((kernel + updates).ravel())) == pytest.approx(8**0.5, rel=1e-5)


def test_the_slow_copy_follows_and_is_the_end():
    config = replace(CONFIG, schedule=10)
    fast, slow = jnp.float32(1.0), jnp.float32(0.0)
    for count in range(1, 11):
        fast, slow = recipe.lookahead(fast + 1, slow, jnp.int32(count), config)
        if count < 5:
            assert (float(fast), float(slow)) == (1 + count, 0)
    keep = 0.95**5 * np.array([0.5, 1]) ** 3
    middle = (1 - keep[0]) * 6
    end = middle + (1 - keep[1]) * 5
    assert float(fast) == float(slow) == pytest.approx(end, rel=1e-6)


@pytest.mark.parametrize("changed", [{}, {"lookahead": False}, {"optimizer": "muon"}])
def test_a_step_changes_what_is_trained_and_nothing_else(changed):
    config = replace(CONFIG, **changed)
    params = functional.init(KEY, config, images(8))
    _, on_batch = functional.make_step(config.compiled)
    batch = images(16, 1), np.arange(16, dtype=np.int32) % 10
    more = np.arange(16) % 2 == 0, np.full((16, 2), 2, np.int32)
    state, _ = jax.jit(on_batch)(functional.start(params, config), (*batch, *more))
    after = functional.numbers(state)
    same = jax.tree.map(lambda a, b: bool(np.array_equal(a, b)), params, after)
    assert same["whiten"].pop("kernel")
    assert not any(jax.tree.leaves(same))
    assert jax.tree.structure(params) == jax.tree.structure(after)


def test_what_a_normalisation_keeps():
    """0.6 of it, and 0.4 of the batch's own."""
    config = replace(CONFIG, lookahead=False)
    params = functional.init(KEY, config, images(8))
    batch = images(16, 1), np.arange(16, dtype=np.int32) % 10
    trained, kept = functional.parted(params, config)
    _, kept = functional.loss_and_kept(trained, kept, batch, config)
    norm = kept["blocks"]["0"]["norm1"]
    x = functional.nn.gelu(functional.ops.conv(batch[0], jnp.asarray(params["whiten"]["kernel"])))
    kernel = params["blocks"]["0"]["conv1"]["kernel"]
    x = functional.ops.conv(x, kernel, None, (1, 1), ((1, 1), (1, 1)))
    x = functional.ops.max_pool(x, (2, 2), (2, 2))
    np.testing.assert_allclose(norm["mean"], 0.4 * np.mean(x, (0, 1, 2)), rtol=1e-4, atol=1e-6)
    wanted = 0.6 + 0.4 * np.var(x, (0, 1, 2), ddof=1)
    np.testing.assert_allclose(norm["var"], wanted, rtol=1e-4)


def test_bfloat16_is_close():
    params = functional.init(KEY, CONFIG, images(8))
    batch = images(16, 1), np.arange(16, dtype=np.int32) % 10
    run = jax.jit(functional.loss, static_argnums=2)
    low = float(run(params, batch, replace(CONFIG, bfloat16=True).compiled))
    value = float(run(params, batch, CONFIG.compiled))
    assert low != value
    assert low == pytest.approx(value, rel=0.01)


def test_the_map_draws_as_the_twin():
    """Whatever is taken away: `like_torch` gives what the program's own start has the shape of."""
    for fields in ({}, {"whiten": False}, {"identity": False}):
        config = replace(CONFIG, epochs=1, **fields)
        data = functional.examples(config)
        params, order = like_torch(find("l19"), config, data)
        assert order is not None
        own = jax.eval_shape(partial(functional.init, config=config), KEY)
        jax.tree.map(lambda a, b: np.testing.assert_equal(a.shape, b.shape), params, own)
        kernel = params["blocks"]["0"]["conv2"]["kernel"]
        same = np.array_equal(kernel[1, 1], np.eye(2, dtype=np.float32))
        assert same == config.identity
        if config.whiten:
            np.testing.assert_array_equal(params["whiten"]["kernel"], initial.kernel_of("digits"))


def test_the_records_sizes():
    record, muon = Config(**RECORD), Config(**MUON)
    assert record.schedule == record.epochs * (50_000 // record.batch_size)
    assert muon.schedule == muon.epochs * (50_000 // muon.batch_size)
    assert record.bias_steps == 3 * 48
    assert muon.bias_steps == 3 * 25
    shapes = jax.eval_shape(lambda: functional.drawn(KEY, record.compiled))
    sizes = jax.tree.map(lambda leaf: leaf.size, shapes)
    assert 1_970_000 < sum(jax.tree.leaves(sizes)) < 1_980_000  # 1.97 million, says the paper
    assert all(Config(**fields) != Config() for fields in TAKEN_AWAY.values())
