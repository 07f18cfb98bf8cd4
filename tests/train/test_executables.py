"""Compiled programs as files: the same numbers, and nothing is traced that a process kept."""

import os
import time
from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.experimental.compilation_cache import compilation_cache

from jaxdl import ops
from jaxdl.train import TrainState, accuracy, fit, kept_executables, logits, shared_step
from tests.train import runs

TRACED = []


def step(state, batch):
    """Traced: what a file spares."""
    TRACED.append("step")
    return runs.train_step(state, batch)


def apply(params, x):
    TRACED.append("apply")
    return jnp.tanh(x @ params)


anew = partial  # another object of the same name, as in another process


def train(step=step, dtype="float32", batch_size=10, shared=None, state=None):
    data = runs.examples(dtype)
    state, history = fit(
        anew(step),
        runs.initial_state(dtype) if state is None else state,
        data,
        jax.random.key(1),
        epochs=2,
        batch_size=batch_size,
        scan=True,
        shared=shared and anew(shared),
    )
    return history["loss"], state.params


def traced(*args, folder, key="a key", **more):
    """What was traced in a run as in a new process, and what came of it."""
    del TRACED[:]
    with kept_executables(folder, key):
        found = train(*args, **more)
    return len(TRACED), found


@pytest.fixture(autouse=True)
def _without_xlas_own():
    """What the tests' cache has of a program cannot be written out once more."""
    folder = jax.config.values["jax_compilation_cache_dir"]
    use_cache(None)
    yield
    use_cache(folder)


def use_cache(folder):
    compilation_cache.reset_cache()
    jax.config.update("jax_compilation_cache_dir", folder)


def test_what_xlas_own_cache_had_is_not_kept(tmp_path):
    use_cache(str(tmp_path / "xla"))
    expected = train()
    for _ in range(2):
        times, found = traced(folder=tmp_path / "programs")
        assert times > 0
        assert_equal(found, expected)


def assert_equal(found, expected):
    jax.tree.map(np.testing.assert_array_equal, found, expected)


def test_a_second_run_traces_nothing_and_computes_the_same(tmp_path):
    expected = train()
    first, found = traced(folder=tmp_path)
    assert first > 0
    assert_equal(found, expected)
    second, found = traced(folder=tmp_path)
    assert second == 0
    assert_equal(found, expected)


def test_devices_that_share_a_batch(tmp_path):
    def shared(state, batch):
        TRACED.append("shared")
        return shared_step(runs.loss_fn, runs.OPTIMIZER)(state, batch)

    expected = train(shared=shared)
    assert traced(folder=tmp_path, shared=shared)[0] > 0
    second, found = traced(folder=tmp_path, shared=shared)
    assert second == 0
    assert_equal(found, expected)
    assert traced(folder=tmp_path)[0] > 0  # of one device it is another program


def other_key(folder):
    return traced(folder=folder, key="another")


def other_dtype(folder):
    with jax.enable_x64(True):
        return traced(folder=folder, dtype="float64")


def other_shape(folder):
    return traced(folder=folder, batch_size=14)


def other_precision(folder):
    with jax.default_matmul_precision("bfloat16"):
        return traced(folder=folder)


def other_algorithms(folder):
    with ops.xla():
        return traced(folder=folder)


def other_promotion(folder):
    with jax.numpy_dtype_promotion("standard"):
        return traced(folder=folder)


def other_step(folder):
    def step(state, batch):
        TRACED.append("another step")
        return runs.train_step(state, batch)

    return traced(step, folder=folder)


OTHERS = [
    *(other_key, other_dtype, other_shape, other_precision),
    *(other_algorithms, other_promotion, other_step),
]


def test_what_decides_the_program_is_another_file(tmp_path):
    traced(folder=tmp_path)
    for other in OTHERS:
        assert other(tmp_path)[0] > 0, other.__name__
    assert traced(folder=tmp_path)[0] == 0


def scaled(factor, state, batch):
    TRACED.append(factor)
    state, loss = runs.train_step(state, batch)
    return state, factor * loss


def test_two_steps_of_one_name_are_told_apart(tmp_path):
    steps = [partial(scaled, factor) for factor in (2.0, 3.0, 4.0)]
    for again in (False, True):
        del TRACED[:]
        with kept_executables(tmp_path, "a key"):
            losses = [train(step)[0][0][0] for step in steps]
        np.testing.assert_allclose(losses, losses[0] * np.array([1, 1.5, 2]), rtol=1e-6)
        assert bool(TRACED) is not again


def draws(state, batch):
    """With a key and a count beside the parameters, and one of them in half precision."""
    TRACED.append("draws")
    key, count = state.rest
    weights, scale = state.params["weights"], state.params["scale"]
    x = batch["x"] + jax.random.normal(jax.random.fold_in(key, state.step), batch["x"].shape)
    ids, scale = (array.astype(jnp.float32) for array in (batch["ids"], scale))
    loss = jnp.mean((x @ weights) ** 2) + jnp.sum(ids) * scale
    params = {"weights": weights - 0.1 * loss, "scale": scale.astype(jnp.bfloat16)}
    return replace(state, params=params, step=state.step + 1, rest=(key, count + 1)), loss


def test_a_strangers_state(tmp_path):
    data = {"x": np.ones((9, 4), np.float32), "ids": np.arange(9, dtype=np.uint8)}
    losses = []
    for again in (False, True):
        del TRACED[:]
        params = {"weights": jnp.ones(4), "scale": jnp.ones((), jnp.bfloat16)}
        rest = (jax.random.key(7), np.int32(0))
        state = TrainState.create(params, optax.identity(), rest)
        with kept_executables(tmp_path, "a key"):
            state, history = fit(
                anew(draws), state, data, jax.random.key(0), epochs=2, batch_size=4, scan=True
            )
        losses.append(np.concatenate(history["loss"]))
        assert bool(TRACED) is not again
        assert int(state.rest[1]) == 6
        assert jnp.issubdtype(state.rest[0].dtype, jax.dtypes.prng_key)
    np.testing.assert_array_equal(*losses)


def test_an_accuracy(tmp_path):
    x, params = np.linspace(-1, 1, 30, dtype=np.float32).reshape(10, 3), jnp.eye(3, 2)
    y, found = np.arange(10) % 2, []
    for again in (False, True):
        del TRACED[:]
        with kept_executables(tmp_path, "a key"):
            found.append(accuracy(anew(apply), params, (x, y), chunk=4))
        assert bool(TRACED) is not again
    assert found[0] == found[1] == accuracy(apply, params, (x, y))


def test_a_damaged_file_is_made_anew(tmp_path):
    first, expected = traced(folder=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[:-9] + b"\0" + whole[-8:]):
        file.write_bytes(damaged)
        again, found = traced(folder=tmp_path)
        assert again == first
        assert_equal(found, expected)
        assert traced(folder=tmp_path)[0] == 0


def test_a_folder_that_takes_no_file(tmp_path):
    (tmp_path / "file").write_text("")
    found = traced(folder=tmp_path / "file")
    assert found[0] > 0
    assert_equal(found[1], train())


def sorting(params, x):
    return jnp.sort(x @ params, axis=0)


def telling(params, x):
    jax.debug.callback(TRACED.append, jnp.sum(x))
    return x @ params


def asking(params, x):
    return jax.pure_callback(lambda y: 2 * np.asarray(y), x, x) @ params


@pytest.mark.parametrize("apply", [sorting, telling, asking])
def test_a_program_that_cannot_be_written(tmp_path, apply):
    x, params = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3), jnp.eye(3, 2)
    expected = jax.jit(apply)(params, x)
    for _ in range(2):
        with kept_executables(tmp_path, "a key"):
            np.testing.assert_array_equal(logits(anew(apply), params, x), expected)


def test_nans_are_found_where_they_are_looked_for(tmp_path):
    x, params = np.zeros((4, 3), np.float32), jnp.full((3, 2), jnp.inf)
    with kept_executables(tmp_path, "a key"):
        assert np.isnan(logits(apply, params, x)).all()
        with jax.debug_nans(True), pytest.raises(FloatingPointError):
            logits(apply, params, x)


def test_what_no_process_took_for_a_month_goes(tmp_path):
    for name, days in (("old", 31), ("young", 29)):
        (tmp_path / name).write_text("")
        when = time.time() - days * 24 * 3600
        os.utime(tmp_path / name, (when, when))
    traced(folder=tmp_path)
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "young").exists()


def test_inside_a_transformation_nothing_is_kept(tmp_path):
    x = jnp.ones((4, 3))
    with kept_executables(tmp_path, "a key"):
        found = jax.jit(lambda params: logits(apply, params, x))(jnp.eye(3, 2))
    np.testing.assert_allclose(found, jnp.tanh(x @ jnp.eye(3, 2)), rtol=1e-6)
    assert not list(tmp_path.iterdir())
