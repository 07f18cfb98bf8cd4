"""An epoch whose batches several devices share, and a run of such epochs."""

import os
import signal
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.train import (
    Rows,
    Stopped,
    Stream,
    devices,
    epoch_order,
    fit,
    loop,
    replicated,
    scan_epoch,
    sharded_epoch,
    shared_step,
)
from tests.train import runs

DEVICES = tuple(jax.devices())
WHOLE = runs.EXAMPLES - runs.EXAMPLES % 10


step_on_a_share = shared_step(runs.loss_fn, runs.OPTIMIZER)


@pytest.mark.parametrize("large", [1, devices.LARGE], ids=["each-leaf-alone", "leaves-as-one"])
@pytest.mark.parametrize("at_once", [None, 2])
def test_devices_that_share_a_batch_compute_what_one_does(monkeypatch, large, at_once):
    monkeypatch.setattr(devices, "LARGE", large)
    # Another object, traced anew.
    step = partial(shared_step(runs.loss_fn, runs.OPTIMIZER, at_once=at_once))
    with jax.enable_x64(True):
        order = epoch_order(jax.random.key(3), 0, runs.EXAMPLES)[:WHOLE]
        data, state = replicated((runs.examples("float64"), runs.initial_state("float64")), DEVICES)
        shared, losses = sharded_epoch(step, state, data, order, 10, DEVICES)
        alone, expected = scan_epoch(
            runs.train_step, runs.initial_state("float64"), runs.examples("float64"), order, 10
        )
        assert len(DEVICES) == 2
        assert losses.sharding.device_set == set(DEVICES)
        np.testing.assert_allclose(losses, expected, rtol=1e-12)
        jax.tree.map(
            lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-11), shared.params, alone.params
        )


def alone(step):
    """A step for a share, whose device has no others."""
    mesh = jax.make_mesh((1,), (devices.AXIS,), devices=DEVICES[:1])
    everywhere = jax.sharding.PartitionSpec()
    return jax.shard_map(
        step, mesh=mesh, in_specs=everywhere, out_specs=everywhere, check_vma=False
    )


def test_the_sum_of_many_pieces_is_not_one_of_half_precision():
    step = alone(
        shared_step(lambda params, batch: jnp.mean(batch[0] * params), runs.OPTIMIZER, at_once=2)
    )
    one = jnp.ones((), jnp.bfloat16)
    _, loss = step(runs.TrainState.create(one, runs.OPTIMIZER), (jnp.full(1024, one),))
    assert loss == one
    assert loss.dtype == jnp.bfloat16


@pytest.mark.parametrize(
    ("share", "at_once", "rows"),
    [(12, None, 12), (12, 12, 12), (12, 5, 4), (10, 4, 2), (7, 2, 1), (7, 4, 7), (3, 8, 3)],
)
def test_the_pieces_of_a_share(share, at_once, rows):
    seen = []

    def loss(params, batch):
        seen.append(len(batch[0]))
        return jnp.mean((batch[0] - params) ** 2)

    step = alone(shared_step(loss, runs.OPTIMIZER, at_once=at_once))
    state = runs.TrainState.create(np.float32(1), runs.OPTIMIZER)
    _, found = step(state, (np.arange(share, dtype=np.float32),))
    assert {*seen} == {rows}
    np.testing.assert_allclose(found, np.mean((np.arange(share) - 1.0) ** 2), rtol=1e-6)


@pytest.mark.parametrize(("count", "batch_size"), [(WHOLE, 5), (WHOLE - 1, 10)])
def test_what_cannot_be_shared_is_refused(count, batch_size):
    order = np.arange(count)
    with pytest.raises(ValueError, match="not whole batches that 2 devices can share"):
        sharded_epoch(
            step_on_a_share, runs.initial_state(), runs.examples(), order, batch_size, DEVICES
        )


def test_a_share_has_one_step_for_the_same_arguments():
    assert shared_step(runs.loss_fn, runs.OPTIMIZER) is step_on_a_share
    assert shared_step(runs.loss_fn, runs.OPTIMIZER, "deeper") is not step_on_a_share


def run(checkpoints=None, *, alone=False, **options):
    """Three scanned epochs in float64, of 4 batches of 16 and one of 6."""
    with jax.enable_x64(True), jax.default_device(DEVICES[0] if alone else None):
        options = {"epochs": 3, "scan": True, "shared": step_on_a_share} | options
        return runs.train(checkpoints, dtype=np.float64, **options)


def assert_equal_up_to_rounding(found, expected):
    (state, history), (other, expected_history) = found, expected
    assert int(state.step) == int(other.step)
    np.testing.assert_allclose(history["loss"], expected_history["loss"], rtol=1e-12)
    measured, wanted = history["test_accuracy"], expected_history["test_accuracy"]
    np.testing.assert_allclose(measured, wanted, rtol=1e-12)
    trees = [(each.params, each.opt_state) for each in (state, other)]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-14), *trees)


@pytest.fixture
def calls(monkeypatch):
    """The examples of each call that shares batches out."""
    found = []

    def counted(step, state, data, order, *rest, **more):
        found.append(len(jax.tree.leaves(order)[0]))
        return sharded_epoch(step, state, data, order, *rest, **more)

    monkeypatch.setattr(loop, "sharded_epoch", counted)
    return found


@pytest.mark.parametrize("call", [512, 2], ids=["an-epoch-a-call", "two-steps-a-call"])
def test_a_run_on_two_devices_is_that_of_one(monkeypatch, calls, call):
    monkeypatch.setattr(loop, "CALL", call)
    told = []
    found = run(report=lambda epoch, losses, count=5, **_: told.append((epoch, count)))
    assert calls == ([70] * 3 if call == 512 else [32, 32, 6] * 3)
    counts = [5] if call == 512 else [2, 4, 5]
    assert told == [(epoch, count) for epoch in range(3) for count in counts]
    del calls[:]
    assert_equal_up_to_rounding(found, run(alone=True))
    assert calls == []
    where = [leaf.devices() for leaf in jax.tree.leaves(found[0])]
    assert all(each == {DEVICES[0]} for each in where)  # as after a run on one


def empty_rows_left_out(params, batch):
    rows, weight = batch
    return jnp.sum(weight * (rows @ params) ** 2) / jnp.maximum(jnp.sum(weight), 1)


def weighted(step_of=empty_rows_left_out):
    def step(state, batch):
        return runs.update(state, *jax.value_and_grad(step_of)(state.params, batch))

    return step


weighted_step = weighted()
weighted_share = shared_step(empty_rows_left_out, runs.OPTIMIZER)


def test_columns_and_filled_batches_are_shared_out(calls):
    """The weights that come with the order; the filled batch is the mean of its own rows alone."""

    def train():
        with jax.enable_x64(True):
            x = np.random.default_rng(0).normal(size=(22, 3))
            order = np.stack([np.random.default_rng(i).permutation(22) for i in range(2)])
            weight = np.ones((2, 22))
            state = runs.TrainState.create(np.ones(3), runs.OPTIMIZER)
            options = {"epochs": 2, "batch_size": 8, "scan": True, "fill": True}
            return fit(
                weighted_step, state, (x,), (order, weight), shared=weighted_share, **options
            )

    found, history = train()
    assert calls == [22, 22]
    with jax.default_device(DEVICES[0]):
        expected, wanted = train()
    np.testing.assert_allclose(history["loss"], wanted["loss"], rtol=1e-12)
    np.testing.assert_allclose(found.params, expected.params, rtol=1e-12)


@pytest.mark.parametrize("first", ["two", "one"])
def test_a_run_goes_on_with_another_number_of_devices(tmp_path, first):
    with runs.open_checkpoints(tmp_path, epochs=1, report=runs.quiet) as kept:
        run(kept, epochs=1, alone=first == "one")
    lines = []
    with runs.open_checkpoints(tmp_path, epochs=3, report=lines.append) as kept:
        found = run(kept, alone=first == "two")
        assert kept.resumed_step == 5
    assert lines == []
    assert_equal_up_to_rounding(found, run(alone=True))


def test_ctrl_c_within_an_epoch_is_saved_and_goes_on(monkeypatch, tmp_path):
    monkeypatch.setattr(loop, "CALL", 2)

    def interrupt(epoch, losses, count=5, **measured):
        if (epoch, count) == (1, 2):
            os.kill(os.getpid(), signal.SIGINT)

    with runs.open_checkpoints(tmp_path) as kept, pytest.raises(Stopped, match="after step 7"):
        run(kept, report=interrupt)
    with runs.open_checkpoints(tmp_path) as kept:
        found = run(kept)
        assert kept.resumed_step == 7
    assert_equal_up_to_rounding(found, run(alone=True))


@pytest.mark.parametrize(
    "options",
    [{"shared": None}, {"scan": False}, {"batch_size": 5}, {"batch_size": 72}, {"stream": True}],
    ids=["no-step-for-a-share", "a-step-a-call", "odd-batch", "batch-too-large", "stream"],
)
def test_what_is_not_shared_out(calls, options):
    data = runs.examples()
    if options.get("stream"):
        data = Stream(Rows(tuple(map(np.asarray, data))))
    options = {"scan": True, "shared": step_on_a_share, "batch_size": 10} | options
    options.pop("stream", None)
    state, order = runs.initial_state(), jax.random.key(0)
    _, history = fit(runs.train_step, state, data, order, epochs=1, **options)
    assert calls == []
    assert np.all(np.isfinite(history["loss"]))
