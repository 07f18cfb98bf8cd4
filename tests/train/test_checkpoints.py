"""What is saved comes back to the last bit; what cannot be used is told in a line, nothing lost."""

import dataclasses
import hashlib
import json
import os
import resource
import signal
import threading

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import safetensors.numpy

from jaxdl.errors import InputError
from jaxdl.train import Stopped, TrainState
from jaxdl.train.checkpoints import CHECKSUM, CONTENT, ITEM, Checkpoints, read
from tests.train.runs import (
    STEPS,
    assert_same_run,
    initial_state,
    newest_content,
    open_checkpoints,
    quiet,
    steps_in,
    train,
    train_step,
)


@pytest.fixture(scope="module")
def uninterrupted():
    """(state, history) of the whole run, without checkpoints, a step a call."""
    return train()


@pytest.fixture(autouse=True)
def _ctrl_c():
    """Ctrl-C raises, whatever started the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def train_into(directory, **arguments):
    settings = {name: arguments[name] for name in ("epochs", "report") if name in arguments}
    with open_checkpoints(directory, **settings) as checkpoints:
        return train(checkpoints, epochs=arguments.get("epochs", 4))


def test_checkpoints_change_nothing_and_the_newest_are_kept(uninterrupted, tmp_path):
    assert_same_run(train_into(tmp_path), uninterrupted)
    assert steps_in(tmp_path) == [3 * STEPS, 4 * STEPS]
    assert_same_run(train_into(tmp_path), uninterrupted)  # and resumed where nothing is left to do


def test_a_run_may_be_resumed_for_longer(uninterrupted, tmp_path):
    train_into(tmp_path, epochs=2)
    assert_same_run(train_into(tmp_path, epochs=4), uninterrupted)


def test_what_a_kill_left_half_written_is_deleted(uninterrupted, tmp_path):
    (tmp_path / "7.orbax-checkpoint-tmp" / ITEM).mkdir(parents=True)
    assert_same_run(train_into(tmp_path), uninterrupted)
    assert steps_in(tmp_path) == [3 * STEPS, 4 * STEPS]
    assert len(list(tmp_path.iterdir())) == 2


def adam_state():
    params = {"layers": [jnp.ones((2, 3)), jnp.zeros((), jnp.bfloat16)], "empty": {}}
    return TrainState.create(params, optax.adam(optax.exponential_decay(0.1, 1, 0.9)))


def test_any_state_and_history_come_back(tmp_path):
    state = adam_state()
    history = {
        "loss": [np.float32([0.1, 0.2]), np.array([1 / 3]), np.zeros(0, np.float32)],
        "test_accuracy": [0.1, 1 / 3],
        "nothing_yet": [],
    }
    with open_checkpoints(tmp_path) as checkpoints:
        checkpoints.save(state, history)
    with open_checkpoints(tmp_path) as checkpoints:
        assert_same_run(checkpoints.latest(state), (state, history))


def test_float64(tmp_path):
    with jax.enable_x64(True):
        expected = train(dtype=np.float64)
        with open_checkpoints(tmp_path) as checkpoints:
            train(checkpoints, dtype=np.float64, epochs=2)
        with open_checkpoints(tmp_path) as checkpoints:
            assert_same_run(train(checkpoints, dtype=np.float64), expected)
        assert expected[0].params["out"]["kernel"].dtype == np.float64


def test_saving_goes_on_while_the_state_is_used_up(tmp_path, monkeypatch):
    from jaxdl.train.manager import Manager

    may_write, write = threading.Event(), Manager.save

    def write_later(*args):
        assert may_write.wait(3600)
        write(*args)

    monkeypatch.setattr(Manager, "save", write_later)
    state = initial_state()
    history = {"loss": [np.ones(2)]}
    expected = jax.tree.map(np.array, (state, history))
    with open_checkpoints(tmp_path) as checkpoints:
        checkpoints.save(state, history)  # returns, although nothing can be written
        jax.jit(lambda tree: jax.tree.map(lambda leaf: leaf + 1, tree), donate_argnums=0)(
            state.params
        )
        history["loss"].pop()
        assert steps_in(tmp_path) == []
        may_write.set()
    with open_checkpoints(tmp_path) as checkpoints:
        assert_same_run(checkpoints.latest(initial_state()), expected)


def interrupt(at, times=1):
    """A report that presses Ctrl-C after a number of steps of epoch 1."""

    def report(epoch, losses, count=STEPS, **measured):
        if (epoch, count) == (1, at):
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)

    return report


@pytest.mark.parametrize("at", [1, STEPS - 1, STEPS])
def test_ctrl_c_saves_at_that_step(uninterrupted, tmp_path, at):
    with pytest.raises(Stopped, match=f"step {STEPS + at}"), open_checkpoints(tmp_path) as saved:
        train(saved, report=interrupt(at))
    assert steps_in(tmp_path) == [STEPS, STEPS + at]
    assert_same_run(train_into(tmp_path), uninterrupted)


def test_a_second_ctrl_c_interrupts_at_once(uninterrupted, tmp_path):
    with pytest.raises(KeyboardInterrupt) as caught, open_checkpoints(tmp_path) as checkpoints:
        train(checkpoints, report=interrupt(2, times=2))
    assert caught.type is KeyboardInterrupt
    assert steps_in(tmp_path) == [STEPS]
    assert_same_run(train_into(tmp_path), uninterrupted)


def test_a_state_that_is_not_finite_is_not_saved(tmp_path):
    def step(state, batch):
        state, loss = train_step(state, batch)
        return state, jnp.where(state.step == 2 * STEPS + 2, jnp.nan, loss)

    with open_checkpoints(tmp_path) as checkpoints:
        _, history = train(checkpoints, step=step)
    assert np.isnan(history["loss"][2][1])
    assert steps_in(tmp_path) == [STEPS, 2 * STEPS]


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    path.write_bytes(content)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-5])


DAMAGES = {"flip": flip, "truncate": truncate, "delete": lambda path: path.unlink()}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", [CONTENT, CHECKSUM])
def test_a_damaged_checkpoint_is_passed_over(uninterrupted, tmp_path, name, damage):
    train_into(tmp_path, epochs=3)
    path = tmp_path / str(3 * STEPS)
    damage(path / ITEM / name)
    content = (path / ITEM / CONTENT).exists() and newest_content(tmp_path)

    told = []
    assert_same_run(train_into(tmp_path, report=told.append), uninterrupted)
    (line,) = told
    assert line.startswith(f"{path} is passed over")
    assert name in line
    # The good one of the same step is there, and the damaged one is set aside, not deleted.
    assert steps_in(tmp_path) == [3 * STEPS, 4 * STEPS]
    aside = tmp_path / f"{path.name}.damaged" / ITEM / CONTENT
    assert (aside.exists() and aside.read_bytes()) == content


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize(
    "name", ["_CHECKPOINT_METADATA", "commit_success.txt", f"{ITEM}/commit_success.txt"]
)
def test_damage_to_what_only_orbax_reads_does_no_harm(uninterrupted, tmp_path, name, damage):
    train_into(tmp_path, epochs=3)
    damage(tmp_path / str(3 * STEPS) / name)
    assert_same_run(train_into(tmp_path), uninterrupted)
    assert steps_in(tmp_path) == [3 * STEPS, 4 * STEPS]


def test_all_damaged(tmp_path):
    train_into(tmp_path, epochs=3)
    for step in steps_in(tmp_path):
        truncate(tmp_path / str(step) / ITEM / CONTENT)
    told = []
    with pytest.raises(InputError, match="none of the checkpoints"):
        train_into(tmp_path, report=told.append)
    assert len(told) == 2
    with pytest.raises(InputError, match="none of the checkpoints"):
        read(tmp_path, report=quiet)


def test_other_shapes_cannot_be_used(tmp_path):
    train_into(tmp_path, epochs=1)
    told = []
    with (
        pytest.raises(InputError, match="none of the checkpoints"),
        open_checkpoints(tmp_path, report=told.append) as checkpoints,
    ):
        checkpoints.latest(initial_state(hidden=17))
    assert "hidden/bias is float32 (16,), and the run has float32 (17,)" in told[0]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ({"lesson": "l01"}, r'lesson was "l00", not "l01"'),
        ({"config": {"epochs": 9, "seed": 1}}, r"config.seed was 0, not 1"),
        ({"like_torch": True}, r"like_torch was null, not true"),
    ],
)
def test_another_run_is_refused(tmp_path, run, message):
    train_into(tmp_path, epochs=1)
    with (
        pytest.raises(InputError, match=message),
        open_checkpoints(tmp_path, **run) as checkpoints,
    ):
        checkpoints.latest(initial_state())


def test_an_occupied_directory_is_not_begun_anew(tmp_path):
    train_into(tmp_path, epochs=1)
    with pytest.raises(InputError, match="--resume"):
        open_checkpoints(tmp_path, resume=False)


def test_resuming_nothing_begins(tmp_path):
    told = []
    with open_checkpoints(tmp_path / "a" / "b", report=told.append) as checkpoints:
        assert checkpoints.latest(initial_state()) is None
    (line,) = told
    assert "from the beginning" in line


@pytest.mark.parametrize("name", ["notes.txt", "7/photo.jpg", "007/state"])
def test_a_directory_with_other_things_is_refused(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    for resume in (False, True):
        with pytest.raises(InputError, match=f"holds {name.split('/')[0]}, which is no checkpoint"):
            open_checkpoints(tmp_path, resume=resume)
    assert path.read_text() == "mine"


def test_a_directory_that_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="cannot be a directory"):
            open_checkpoints(path)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(InputError, match="cannot be written to"):
        open_checkpoints(tmp_path / "protected")


def test_a_second_run_is_kept_out(tmp_path):
    with open_checkpoints(tmp_path), pytest.raises(InputError, match="in use by another run"):
        open_checkpoints(tmp_path)
    with open_checkpoints(tmp_path):
        pass


def save_with_room(room, directory, state):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with open_checkpoints(directory) as checkpoints:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
            checkpoints.save(state, {"loss": []})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 1000])
def test_a_full_disk_leaves_what_was_saved(uninterrupted, tmp_path, room):
    """A limit on the size of files stands for it: Orbax fails at its own file, or at ours."""
    train_into(tmp_path, epochs=2)
    before = newest_content(tmp_path)
    later = dataclasses.replace(initial_state(), step=jnp.int32(3 * STEPS))
    with pytest.raises(InputError, match=r"could not be written \(.*File too large\)"):
        save_with_room(room, tmp_path, later)
    assert newest_content(tmp_path) == before
    assert_same_run(train_into(tmp_path), uninterrupted)
    assert all(path.name.isdecimal() for path in tmp_path.iterdir())


def test_a_failed_write_stops_the_next_save(tmp_path, monkeypatch):
    from jaxdl.train.manager import Manager

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Manager, "save", fail)
    state = initial_state()
    with open_checkpoints(tmp_path) as checkpoints:
        checkpoints.save(state, {"loss": []})
        with pytest.raises(InputError, match=r"No space left on device.*--resume") as caught:
            checkpoints.save(state, {"loss": []})
    assert "\n" not in str(caught.value)


def test_read_gives_the_parameters_and_the_run(tmp_path):
    run = {"lesson": "l00", "config": {"epochs": 1, "data": "数字"}}
    state = adam_state()
    with Checkpoints(tmp_path, run=run, resume=False) as checkpoints:
        checkpoints.save(state, {"loss": []})
    params, stored = read(tmp_path)
    assert stored == json.loads(json.dumps(run))
    first, second = state.params["layers"]
    assert_same_run(params, {"layers": {"0": np.array(first), "1": np.array(second)}})


def test_read_where_nothing_is(tmp_path):
    nowhere = tmp_path / "no"
    for path, message in ((tmp_path, "holds no checkpoint"), (nowhere, "is not a directory")):
        with pytest.raises(InputError, match=message):
            read(path)


def rewrite(directory, content):
    """Other contents in the newest checkpoint, with a checksum that matches them."""
    path = directory / str(steps_in(directory)[-1]) / ITEM
    (path / CONTENT).write_bytes(content)
    (path / CHECKSUM).write_text(f"{hashlib.sha256(content).hexdigest()}  {CONTENT}\n")


def older(directory):
    """The checkpoint before the newest, in a folder that says it is the newest."""
    return (directory / str(steps_in(directory)[-2]) / ITEM / CONTENT).read_bytes()


LIES = {
    "rubbish": (lambda d: rewrite(d, b"rubbish"), "is not a checkpoint"),
    "nothing": (lambda d: rewrite(d, b""), "is not a checkpoint"),
    "another file": (
        lambda d: rewrite(d, safetensors.numpy.save({"x": np.ones(2)})),
        "is not a checkpoint",
    ),
    "another step": (lambda d: rewrite(d, older(d)), f"is of step {2 * STEPS}"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_checkpoint_that_lies_about_itself_is_passed_over(uninterrupted, tmp_path, lie):
    train_into(tmp_path, epochs=3)
    tell, message = LIES[lie]
    tell(tmp_path)
    told = []
    assert_same_run(train_into(tmp_path, report=told.append), uninterrupted)
    (line,) = told
    assert f"{3 * STEPS} is passed over" in line
    assert message in line
    assert "\n" not in line


@pytest.mark.parametrize("name", [CONTENT, CHECKSUM])
def test_a_fifo_in_a_checkpoints_place_is_not_waited_for(uninterrupted, tmp_path, name):
    train_into(tmp_path, epochs=3)
    path = tmp_path / str(3 * STEPS) / ITEM / name
    path.unlink()
    os.mkfifo(path)
    told = []
    assert_same_run(train_into(tmp_path, report=told.append), uninterrupted)
    (line,) = told
    assert f"{name} is not a regular file" in line


def resume_with(directory, step=train_step):
    told = []
    with open_checkpoints(directory, report=told.append) as checkpoints:
        train(checkpoints, step=step)
    return told


def test_another_step_is_said(tmp_path, monkeypatch):
    train_into(tmp_path, epochs=2)

    def same(state, batch):
        return train_step(state, batch)

    def slower(state, batch):
        new, loss = train_step(state, batch)
        return dataclasses.replace(new, params=jax.tree.map(lambda p: p * 0.999, new.params)), loss

    assert resume_with(tmp_path, same) == []
    (line,) = resume_with(tmp_path, slower)
    assert "since the checkpoint the step computes something else" in line
    monkeypatch.setattr("jaxdl.train.made_by.versions", lambda *names: {"jaxdl": "0.0.1"})
    (line,) = resume_with(tmp_path)
    assert "since the checkpoint jaxdl was" in line


def test_a_checkpoint_of_before_says_nothing(tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(Checkpoints, "made_by", lambda *_: None)
        train_into(tmp_path, epochs=2)
    assert resume_with(tmp_path) == []
