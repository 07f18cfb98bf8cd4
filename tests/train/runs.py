"""A small training that the tests interrupt, kill and resume; nothing of JAX runs at its import."""

import os
import threading
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.train import TrainState, fit
from jaxdl.train.checkpoints import CONTENT, ITEM, Checkpoints

OPTIMIZER = optax.sgd(0.05, momentum=0.9)
EXAMPLES, BATCH = 70, 16  # 5 steps an epoch, the last one of 6 examples
STEPS = 5


def quiet(line):
    """A report that says nothing."""


def examples(dtype=np.float32):
    random = np.random.default_rng(0)
    x = random.normal(size=(EXAMPLES, 8)).astype(dtype)
    return jnp.array(x), jnp.array(np.sin(x.sum(1, keepdims=True)))


def initial_state(dtype=np.float32, hidden=16):
    random = np.random.default_rng(1)
    shapes = {"hidden": (8, hidden), "out": (hidden, 1)}
    params = {
        name: {"kernel": random.normal(size=shape).astype(dtype), "bias": np.zeros(shape[1], dtype)}
        for name, shape in shapes.items()
    }
    return TrainState.create(params, OPTIMIZER)


def loss_fn(params, batch):
    x, y = batch
    hidden = jnp.tanh(x @ params["hidden"]["kernel"] + params["hidden"]["bias"][None])
    guess = hidden @ params["out"]["kernel"] + params["out"]["bias"][None]
    return jnp.mean((guess - y) ** 2)


def train_step(state, batch):
    return update(state, *jax.value_and_grad(loss_fn)(state.params, batch))


def update(state, loss, gradient):
    updates, opt_state = OPTIMIZER.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), loss


@jax.jit
def size_of(state):
    """Stands for the accuracy after an epoch."""
    return optax.tree.norm(state.params)


def open_checkpoints(directory, *, epochs=4, resume=True, report=quiet, keep=2, **run):
    run = {"lesson": "l00", "config": {"epochs": epochs, "seed": 0}} | run
    return Checkpoints(directory, run=run, resume=resume, keep=keep, report=report)


def train(checkpoints=None, *, epochs=4, scan=False, dtype=np.float32, step=train_step, **others):
    """One whole training, `jaxdl.train.fit` with its arguments."""
    return fit(
        step,
        initial_state(dtype),
        examples(dtype),
        jax.random.key(0),
        epochs=epochs,
        batch_size=BATCH,
        scan=scan,
        evaluate=size_of,
        checkpoints=checkpoints,
        **others,
    )


def train_in_child(directory, cache, *, epochs, scan, write, events):
    """What a child process runs, and runs again after it was killed.

    Args:
        write: stop for good in a save, when so many files are written; 0: do not.
        events: one to wait for before the last epoch's save, one to set when stopped.
    """
    jax.config.update("jax_compilation_cache_dir", str(cache))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    may_end, in_a_save = events
    if write:
        from jaxdl.train import manager

        written = count(1)

        def stop(_):
            if next(written) == write:
                in_a_save.set()
                threading.Event().wait()

        manager.os = SimpleNamespace(fsync=stop)  # which ends the writing of each file

    def wait(epoch, losses, steps=STEPS, **measured):
        if (epoch, steps) == (epochs - 1, STEPS):
            may_end.wait()

    with open_checkpoints(directory, epochs=epochs) as checkpoints:
        train(checkpoints, epochs=epochs, scan=scan, report=wait)


def steps_in(directory):
    """The checkpoints of a directory by their steps, the oldest first."""
    return sorted(int(name) for name in os.listdir(directory) if name.isdecimal())


def newest_content(directory):
    """Every byte that the newest checkpoint says: parameters, optimizer state, history, run."""
    return (Path(directory) / str(steps_in(directory)[-1]) / ITEM / CONTENT).read_bytes()


def assert_same_run(found, expected):
    """Two results of `train`, equal to the last bit, dtypes and structure included."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()
