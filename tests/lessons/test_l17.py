"""Lesson 17: what a step keeps and draws goes in and out, and nowhere else."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxdl.cli import exit_code
from jaxdl.course.start import torch_draws
from jaxdl.train import Checkpoints
from lessons.l17_state_and_randomness import LESSON, Config, functional

CONFIG = Config(batch_size=16, epochs=2)
FEW = tuple(column[:40] for column in functional.examples(CONFIG))  # batches of 16, 16 and 8
OPTIMIZER, ON_BATCH = functional.make_step(CONFIG.dropout, CONFIG.learning_rate, CONFIG.momentum)
STEP = jax.jit(ON_BATCH)
BATCH = tuple(column[:16] for column in FEW)


@pytest.fixture(scope="module")
def begin():
    return functional.start(functional.init(jax.random.key(0)), jax.random.key(1), CONFIG)


def same(a, b):
    for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True):
        if not jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
            np.testing.assert_array_equal(x, y)


def test_a_step_is_a_function_of_the_state(begin):
    """Taken again it drops the same; the next one drops others; the key stays."""
    first, loss = STEP(begin, BATCH)
    again, same_loss = STEP(begin, BATCH)
    same((first, loss), (again, same_loss))
    other, other_loss = STEP(replace(begin, step=begin.step + 1), BATCH)
    assert other_loss != loss
    same(first.rest[0], other.rest[0])  # before the dropout nothing has changed
    assert first.step == 1
    assert jnp.array_equal(jax.random.key_data(first.rest[1]), jax.random.key_data(begin.rest[1]))


def test_statistics_go_a_tenth_of_the_way_to_the_batchs(begin):
    maps = nnx.merge(functional.graphdef(0.5, False), functional.numbers(begin)).conv1(BATCH[0])
    stats = STEP(begin, BATCH)[0].rest[0]["bn1"]
    np.testing.assert_allclose(stats["mean"], 0.1 * np.mean(maps, (0, 1, 2)), atol=1e-6)
    wanted = 0.9 + 0.1 * np.var(maps, (0, 1, 2), ddof=1)
    np.testing.assert_allclose(stats["var"], wanted, rtol=1e-5)


def test_what_is_dropped_is_what_the_mask_says(begin):
    """A unit that no example keeps has no gradient; without dropout all masks are one."""
    keep = np.ones((16, 50), bool)
    keep[:, 7] = False
    weights, (stats, _) = begin.params, begin.rest
    grad_fn = jax.jit(jax.grad(functional.loss_and_stats, has_aux=True), static_argnums=3)
    gradient, _ = grad_fn(weights, stats, (*BATCH, keep), 0.5)
    assert not np.any(gradient["fc1"]["kernel"][:, 7])
    assert not np.any(gradient["fc2"]["kernel"][7])
    assert np.any(gradient["fc2"]["kernel"][8])


def test_no_gradient_goes_into_statistics_and_evaluation_moves_nothing(begin):
    params = functional.numbers(begin)
    gradient = jax.jit(jax.grad(functional.loss))(params, BATCH)
    assert not any(
        np.any(gradient[norm][name]) for norm in ("bn1", "bn2") for name in ("mean", "var")
    )
    assert np.any(gradient["bn1"]["scale"])
    _, stats = jax.jit(functional.loss_and_stats, static_argnums=3)(
        begin.params, begin.rest[0], BATCH, 0.5
    )
    same(stats, begin.rest[0])


def test_replayed_masks_are_resumed(tmp_path):
    """From the second epoch on the masks of the second epoch, more epochs than the first asked."""
    drawn, more = torch_draws(LESSON, CONFIG, FEW)
    assert more["masks"][0].shape == (2, 40, 50)
    whole, history = functional.train(CONFIG, FEW, drawn, **more)
    short = LESSON.lasting(CONFIG, 1)
    _, first = torch_draws(LESSON, short, FEW)
    same(first, jax.tree.map(lambda column: column[:1], more))
    with Checkpoints(tmp_path, run={}, resume=False) as checkpoints:
        functional.train(short, FEW, drawn, **first, checkpoints=checkpoints)
    with Checkpoints(tmp_path, run={}, resume=True, report=lambda line: None) as checkpoints:
        resumed, again = functional.train(CONFIG, FEW, drawn, **more, checkpoints=checkpoints)
    same(resumed, whole)
    same(again["loss"], history["loss"])


def test_the_stream_is_chosen_by_name():
    _, words = torch_draws(LESSON, CONFIG, FEW)
    _, mkl = torch_draws(LESSON, CONFIG, FEW, masks="mkl")
    np.testing.assert_array_equal(words["order"][0], mkl["order"][0])
    assert np.any(words["order"][1] != mkl["order"][1])  # fewer words were taken
    assert 0.4 < np.mean(words["masks"][0] == mkl["masks"][0]) < 0.6
    _, none = torch_draws(LESSON, Config(batch_size=16, epochs=2, dropout=0.0), FEW)
    assert np.all(none["masks"][0])


def test_what_the_flags_refuse(capsys):
    assert exit_code(["run", "l17", "--torch-masks", "mkl"]) == 2
    assert "--torch-masks needs --like-torch" in capsys.readouterr().err
    assert exit_code(["run", "l17", "--dropout", "1.5"]) == 2
    assert "1.5 is not a number from 0 to 1" in capsys.readouterr().err
    assert exit_code(["run", "l10", "--torch-masks", "mkl"]) == 2  # it has no dropout
