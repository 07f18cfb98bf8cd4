"""`Stream`: examples that are read while the step runs give the numbers of those in memory."""

import jax
import numpy as np
import pytest

from jaxdl.train import Rows, Stream, fit
from tests.soak import whole_or
from tests.train.runs import (
    BATCH,
    STEPS,
    examples,
    initial_state,
    open_checkpoints,
    train,
    train_step,
)


class Once:
    """A stranger's source: dicts of numbers and arrays, made when they are asked for; it counts."""

    def __init__(self):
        self.x, self.y = map(np.asarray, examples())
        self.asked = []

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        self.asked.append(index)
        return {"x": self.x[index].copy(), "y": float(self.y[index, 0])}


def on_dict(state, batch):
    return train_step(state, (batch["x"], batch["y"].astype("float32")[:, None]))


def follow(step, data, epochs=3, **others):
    return fit(
        step,
        initial_state(),
        data,
        jax.random.key(0),
        epochs=epochs,
        batch_size=BATCH,
        scan=False,
        **others,
    )


@pytest.fixture(scope="module")
def resident():
    return train(epochs=3)


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize("workers", whole_or([0, 1], [0, 1, 2]))
def test_a_stream_gives_the_losses_of_arrays(workers, fill):
    data = examples()
    stream = Stream(Rows(jax.tree.map(np.asarray, data)), workers=workers)
    epochs = 1 if workers else 3
    expected = follow(train_step, data, epochs, fill=fill)
    found = follow(train_step, stream, epochs, fill=fill)
    jax.tree.map(np.testing.assert_array_equal, found, expected)


def test_every_example_is_read_once_an_epoch(resident):
    source = Once()
    _, history = follow(on_dict, Stream(source))
    np.testing.assert_allclose(history["loss"], resident[1]["loss"], rtol=1e-6)
    for epoch in range(3):
        seen = source.asked[epoch * len(source) : (epoch + 1) * len(source)]
        assert sorted(seen) == list(range(len(source)))


def test_a_stopped_run_goes_on_with_the_example_that_comes_next(tmp_path, resident):
    stream = Stream(Rows(jax.tree.map(np.asarray, examples())))

    def stop(epoch, losses, count=STEPS, **measured):
        if (epoch, count) == (1, 2):
            raise RuntimeError("the machine is gone")

    with (
        open_checkpoints(tmp_path) as checkpoints,
        pytest.raises(RuntimeError, match="the machine is gone"),
    ):
        follow(train_step, stream, report=stop, checkpoints=checkpoints)
    with open_checkpoints(tmp_path) as checkpoints:
        _, history = follow(train_step, stream, checkpoints=checkpoints)
        assert checkpoints.resumed_step == STEPS
    np.testing.assert_array_equal(history["loss"], resident[1]["loss"])


def test_what_comes_with_the_order_comes_to_its_example():
    data = tuple(map(np.asarray, examples()))
    order = np.random.default_rng(0).permuted(np.tile(np.arange(len(data[0])), (2, 1)), axis=1)
    weights = np.random.default_rng(1).random((2, len(data[0]), 1), np.float32)

    def weighted(state, batch):
        x, y, weight = batch
        return train_step(state, (x * weight, y))

    runs = [
        fit(
            weighted,
            initial_state(),
            given,
            (order, weights),
            epochs=2,
            batch_size=BATCH,
            scan=False,
        )
        for given in (data, Stream(Rows(data)))
    ]
    jax.tree.map(np.testing.assert_array_equal, *runs)
