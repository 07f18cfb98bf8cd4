"""Sequences of many lengths in few shapes: the same numbers, few compilations."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxdl import ops
from jaxdl.train import TrainState, bucketed, fit
from lessons.l13_rnn_classifier import Config, functional

WIDTHS = (2, 5, 8)


def sequences(n, longest=8, shortest=1):
    """x (n, 8): letters 1 to 4, then zeros; y (n,)."""
    random = np.random.default_rng(0)
    lengths = random.integers(shortest, longest + 1, n)
    x = random.integers(1, 5, (n, 8)) * (np.arange(8) < lengths[:, None])
    return x.astype(np.int32), random.normal(size=n).astype(np.float32)


def loss(w, batch):
    """The mean over the rows that have letters."""
    x, y = batch
    score = jnp.sum(w[x], axis=1, where=x > 0)
    return jnp.mean((score - y) ** 2, where=jnp.any(x > 0, axis=1))


def make_step(seen):
    optimizer = optax.sgd(0.01)

    def step(state, batch):
        seen.append(batch[0].shape)
        value, gradient = jax.value_and_grad(loss)(state.params, batch)
        updates, opt_state = optimizer.update(gradient, state.opt_state)
        return TrainState(state.params + updates, opt_state, state.step + 1), value

    return step, TrainState.create(jnp.linspace(-1.0, 1.0, 5), optimizer)


def run(step, state, data, **options):
    fixed = {"epochs": 2, "batch_size": 3, "scan": True} | options
    return fit(step, state, data, jax.random.key(0), **fixed)


@pytest.mark.parametrize("scan", [True, False])
def test_buckets_change_no_number_and_are_traced_once_each(scan):
    data, seen = sequences(12), []
    step, state = make_step(seen)
    after, history = run(bucketed(step, WIDTHS), state, data, scan=scan)
    assert sorted(seen) == [(3, width) for width in WIDTHS]
    plain, state = make_step([])
    expected, losses = run(plain, state, data, scan=scan)
    np.testing.assert_allclose(history["loss"], losses["loss"], rtol=1e-6)
    np.testing.assert_allclose(after.params, expected.params, rtol=1e-6)


@pytest.mark.parametrize(("longest", "width"), [(1, 2), (2, 2), (3, 5), (5, 5), (6, 8), (8, 8)])
def test_the_narrowest_bucket_that_holds_the_longest_sequence(longest, width):
    x, y = sequences(6, longest, shortest=longest)
    found = bucketed(lambda state, batch: (state, jnp.float32(batch[0].shape[1])), WIDTHS)
    _, used = found(None, (jnp.array(x), jnp.array(y)))
    assert used == width


def test_the_widths_must_ascend_and_hold_the_data():
    for widths in ((), (5, 2), (2, 2), (0, 4)):
        with pytest.raises(ValueError, match="ascend"):
            bucketed(make_step([])[0], widths)
    step, state = make_step([])
    with pytest.raises(ValueError, match="8 wide, the last bucket 5"):
        bucketed(step, (2, 5))(state, sequences(3))


@pytest.mark.parametrize("scan", [True, False])
def test_filling_the_last_batch_changes_no_number_and_leaves_one_shape(scan):
    data, seen = sequences(10), []  # 3 + 3 + 3 + 1
    step, state = make_step(seen)
    after, history = run(step, state, data, scan=scan, fill=True)
    assert set(seen) == {(3, 8)}
    shapes = []
    step, state = make_step(shapes)
    expected, losses = run(step, state, data, scan=scan)
    assert set(shapes) == {(3, 8), (1, 8)}
    assert [row.shape for row in history["loss"]] == [(4,), (4,)]
    np.testing.assert_allclose(history["loss"], losses["loss"], rtol=1e-6)
    np.testing.assert_allclose(after.params, expected.params, rtol=1e-6)


def test_an_epoch_of_l13_compiles_no_more_programs_than_it_has_buckets():
    """Whatever lengths come: the names of two epochs, the last batch smaller."""
    config = Config(epochs=2, batch_size=64, hidden=4, layers=1)
    x, y = (jax.device_put(column[:300]) for column in functional.examples(config))
    params = functional.init(jax.random.key(0), 18, 4, 1)
    compiled = []

    def listen(event, duration, **_):
        if "backend_compile" in event:
            compiled.append(event)

    with ops.xla():  # where the loops do not end with the names
        functional.train(Config(epochs=0, hidden=4, layers=1), (x, y), params)  # what only prepares
        jax.random.permutation(jax.random.fold_in(jax.random.key(1), 0), len(x))
        jax.monitoring.register_event_duration_secs_listener(listen)
        functional.train(config, (x, y), params)
        jax.monitoring.unregister_event_duration_listener(listen)
    assert 1 <= len(compiled) <= len(functional.WIDTHS)
