"""Epochs, a step a call and all in one; evaluation in chunks; what the loop reports and refuses."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl import ops
from jaxdl.errors import InputError
from jaxdl.train import accuracy, epoch_order, fit, logits, scan_epoch, step_epoch
from tests.train.runs import (
    BATCH,
    EXAMPLES,
    STEPS,
    examples,
    initial_state,
    open_checkpoints,
    train,
    train_step,
)

ORDER = epoch_order(jax.random.key(3), 0, EXAMPLES)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("batch_size", [10, 16, 69, 70, 1000])
def test_a_scanned_epoch_is_the_loop_over_its_steps(dtype, tolerance, batch_size):
    with jax.enable_x64(dtype == "float64"):
        data = examples(dtype)
        scanned, losses = scan_epoch(train_step, initial_state(dtype), data, ORDER, batch_size)
        *_, (stepped, one_by_one, count) = step_epoch(
            train_step, initial_state(dtype), data, ORDER, batch_size
        )
        assert losses.dtype == one_by_one.dtype == dtype
        assert len(losses) == count == -(-EXAMPLES // batch_size) == stepped.step == scanned.step
        np.testing.assert_allclose(losses, one_by_one, rtol=tolerance)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, rtol=10 * tolerance, atol=tolerance),
            scanned.params,
            stepped.params,
        )


@pytest.mark.parametrize("scan", [False, True])
@pytest.mark.parametrize("fill", [False, True])
def test_what_was_drawn_for_the_examples_comes_in_the_order_of_their_visits(scan, fill):
    """Columns beside the order, one epoch's other than the next one's."""
    random = np.random.default_rng(0)
    order = np.stack([random.permutation(EXAMPLES) for _ in range(2)])
    masks, signs = random.random((2, EXAMPLES, 1)) < 0.5, random.normal(size=(2, EXAMPLES))

    def step(state, batch):
        x, _, keep, sign = batch
        seen = jnp.sum(jnp.where(keep, x[:, :1], 0)[:, 0] * sign.astype(x.dtype))
        return replace(state, step=state.step + 1), seen

    x, wanted = np.asarray(examples()[0]), []
    for rows, keep, sign in zip(order, masks, signs, strict=True):
        each = np.where(keep, x[rows, :1], 0)[:, 0] * sign
        wanted.append([part.sum() for part in np.split(each, range(BATCH, EXAMPLES, BATCH))])
    options = {"epochs": 2, "batch_size": BATCH, "scan": scan, "fill": fill}
    _, history = fit(
        step, initial_state(), examples(), (order, masks, np.float32(signs)), **options
    )
    np.testing.assert_allclose(history["loss"], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scan", [False, True])
@pytest.mark.parametrize(
    ("batch_size", "rest", "wanted"),
    [
        (16, 0, {16: True, 6: False}),
        (16, 64, {6: False}),  # goes on before the last one, where it was interrupted
        (70, 0, {70: True}),
        (100, 0, {70: True}),
    ],
)
def test_a_smaller_last_batch_is_left_to_xla_s_own_algorithms(scan, batch_size, rest, wanted):
    ours = {}

    def step(state, batch):
        ours[len(batch[0])] = ops.fast()
        return train_step(state, batch)

    args = step, initial_state(), examples(), ORDER[rest:], batch_size
    scan_epoch(*args) if scan else list(step_epoch(*args))
    assert ours == {size: fast and ops.fast() for size, fast in wanted.items()}  # on a GPU none


@pytest.mark.parametrize("scan", [False, True])
def test_each_step_sees_its_piece_of_the_order(scan):
    state, history = train(scan=scan, epochs=2)
    by_hand, losses = initial_state(), []
    data = examples()
    for epoch in range(2):
        order = epoch_order(jax.random.key(0), epoch, EXAMPLES)
        assert sorted(order.tolist()) == list(range(EXAMPLES))
        for start in range(0, EXAMPLES, BATCH):
            picked = order[start : start + BATCH]
            by_hand, loss = train_step(by_hand, tuple(column[picked] for column in data))
            losses.append(loss)
    assert [row.shape for row in history["loss"]] == [(STEPS,)] * 2
    np.testing.assert_allclose(np.ravel(history["loss"]), losses, rtol=1e-5)
    assert state.step == 2 * STEPS
    assert len(history["test_accuracy"]) == 2


@pytest.mark.parametrize("scan", [False, True])
def test_the_second_epoch_compiles_nothing(scan):
    train(scan=scan, epochs=1)
    compiled = []
    listen = lambda event, duration, **_: compiled.append(event)  # noqa: E731
    jax.monitoring.register_event_duration_secs_listener(listen)
    train(scan=scan, epochs=3)
    jax.monitoring.unregister_event_duration_listener(listen)
    assert [event for event in compiled if "backend_compile" in event] == []


def test_the_state_is_donated():
    state = initial_state()
    scan_epoch(train_step, state, examples(), ORDER, BATCH)
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state))
    state = initial_state()
    next(step_epoch(train_step, state, examples(), ORDER, BATCH))
    assert all(leaf.is_deleted() for leaf in jax.tree.leaves(state))


def test_progress_is_told_after_every_step_and_every_epoch():
    told = []

    def report(epoch, losses, count=None, **measured):
        told.append((epoch, count))

    train(report=report, epochs=2)
    assert told == [(e, c) for e in range(2) for c in (1, 2, 3, 4, None)]
    told.clear()
    train(report=report, scan=True, epochs=2)
    assert told == [(0, None), (1, None)]


def diverging(state, batch):
    """A step whose loss is no number from the eighth on."""
    state, loss = train_step(state, batch)
    return state, jnp.where(state.step >= 8, jnp.nan, loss)


@pytest.mark.parametrize("scan", [False, True])
def test_a_loss_that_is_not_finite_stops_the_run(scan):
    state, history = train(scan=scan, step=diverging, epochs=50)
    assert state.step == 10  # the end of its epoch: losses are fetched once an epoch
    assert np.isfinite(history["loss"][0]).all()
    assert np.isnan(history["loss"][1]).tolist() == [False, False, True, True, True]


def test_fewer_epochs_than_are_done(tmp_path):
    with open_checkpoints(tmp_path, epochs=4) as checkpoints:
        train(checkpoints, epochs=4)
    with (
        open_checkpoints(tmp_path, epochs=2) as checkpoints,
        pytest.raises(InputError, match="is at step 20, past the 10 steps of 2 epochs"),
    ):
        train(checkpoints, epochs=2)


def classify(params, x, scale):
    return scale * x @ params


@pytest.mark.parametrize("chunk", [1, 7, 99, 100, 1000])
def test_evaluation_in_chunks_covers_every_example(chunk):
    random = np.random.default_rng(0)
    x, params = random.normal(size=(100, 5)).astype("f"), random.normal(size=(5, 3)).astype("f")
    scores = logits(classify, params, x, -1.0, chunk=chunk)
    np.testing.assert_allclose(scores, -x @ params, rtol=1e-5, atol=1e-6)
    y = np.argmax(-x @ params, axis=1).astype(np.int32)
    y[::4] = (y[::4] + 1) % 3  # a quarter is wrong
    assert accuracy(classify, params, (x, y), -1.0, chunk=chunk) == 0.75


@pytest.mark.parametrize(
    ("data", "order", "batch_size", "told"),
    [
        ((np.zeros((5, 8)), np.zeros((3, 1))), None, 2, "the arrays have 3 and 5 rows"),
        ((np.zeros((0, 8)), np.zeros((0, 1))), None, 2, "there are no examples"),
        (None, None, 0, "a batch needs an example at least, not 0"),
        (None, np.zeros((1, EXAMPLES), int), 16, "orders for 1 epochs; 2 are asked for"),
        (None, np.full((2, EXAMPLES), EXAMPLES), 16, "names example 70; there are 0 to 69"),
    ],
)
def test_what_cannot_be_trained_on(data, order, batch_size, told):
    with pytest.raises(InputError, match=told):
        fit(
            train_step,
            initial_state(),
            examples() if data is None else data,
            jax.random.key(0) if order is None else order,
            epochs=2,
            batch_size=batch_size,
            scan=True,
        )
