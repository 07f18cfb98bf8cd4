"""Lesson 8: an epoch is an order cut into pieces, the rest included."""

from dataclasses import replace

import jax
import numpy as np
import optax
import pytest

from jaxdl.data import prepare
from jaxdl.data.entry import DATA_DIR, TFDS_DATA_DIR
from lessons.l08_dataset_and_dataloader import LESSON, Config, functional
from tests.data.small import published_titanic
from tools import pages

CONFIG = Config(epochs=2)
N = 569


@pytest.fixture(scope="module")
def data():
    return functional.examples(CONFIG)


def orders(epochs=2):
    key = jax.random.key(5)
    return np.array([functional.epoch_order(key, epoch, N) for epoch in range(epochs)])


@pytest.mark.parametrize("batch_size", [1, 32, 568, 569, 1000])
def test_an_epoch_is_one_step_a_piece(data, batch_size):
    x, y = data
    config = replace(CONFIG, batch_size=batch_size)
    rows = orders()
    params = start = functional.init(jax.random.key(1), x.shape[1])
    state = optax.sgd(config.learning_rate).init(params)
    step = jax.jit(functional.step)
    losses = []
    for row in rows:
        for first in range(0, N, batch_size):
            piece = row[first : first + batch_size]
            batch = x[piece], y[piece]
            params, state, value = step(params, state, batch, config.learning_rate)
            losses.append(value)
    trained, history = functional.train(config, data, start, rows)
    assert [len(row) for row in history["loss"]] == [-(-N // batch_size)] * 2
    np.testing.assert_allclose(np.ravel(np.array(history["loss"])), losses, rtol=1e-5)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5), trained, params
    )


def test_an_order_visits_everyone_once_and_depends_on_key_and_epoch_alone():
    first, second = orders()
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(N))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(second, orders(epochs=5)[1])


def test_a_longer_run_begins_as_the_shorter_one(data):
    _, short = functional.train(CONFIG, data)
    _, long = functional.train(replace(CONFIG, epochs=3), data)
    np.testing.assert_array_equal(np.array(short["loss"]), np.array(long["loss"][:2]))


def test_shorter_rows_are_drop_last(data):
    _, history = functional.train(CONFIG, data, order=orders()[:, : N - N % 32])
    assert [len(row) for row in history["loss"]] == [17, 17]


def test_other_batches_give_other_losses(data):
    start = functional.init(jax.random.key(1), 30)
    _, one = functional.train(CONFIG, data, start, orders())
    _, other = functional.train(CONFIG, data, start, orders()[::-1])
    assert not np.allclose(np.array(one["loss"]), np.array(other["loss"]), rtol=1e-3)


@pytest.fixture
def titanic(tmp_path, monkeypatch):
    """Prepared of the published file, which lies where a download would put it."""
    monkeypatch.delenv(DATA_DIR, raising=False)
    monkeypatch.setenv(TFDS_DATA_DIR, str(tmp_path))
    file = tmp_path / "downloads" / "jaxdl_titanic" / "phpMYEkMl.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(published_titanic())
    return prepare("titanic", list)


@pytest.mark.usefixtures("titanic")
def test_the_blocks_of_the_titanic():
    """They run where the set is prepared; here with only those blocks before them that they use."""
    chapter = pages.blocks(pages.pages(LESSON)[0].read_text("utf-8"))
    used = ("import jax\n", "start = functional.init", "def streamed")
    code = [
        block.code if "titanic" in block.flags or any(each in block.code for each in used) else "0"
        for block in chapter
    ]
    text = "".join(f"```python\n{each.strip()}\n```\n\n" for each in code)
    printed = pages.outputs(text, torch=False)
    shown = [pair for pair in zip(chapter, printed, strict=True) if "titanic" in pair[0].flags]
    assert len(shown) == 5
    assert [pages.otherwise(block, found) for block, found in shown] == [""] * 5


@pytest.mark.usefixtures("titanic")
def test_the_lesson_trains_on_the_titanic():
    config = Config(data="titanic", epochs=30)
    data = functional.examples(config)
    assert data[0].shape == (1309, 10)
    params, history = functional.train(config, data)
    found = functional.result(config, params, history, data)
    assert found["accuracy"] > 0.75 > 1 - data[1].mean()  # more than "everybody is lost" has right
