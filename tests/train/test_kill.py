"""kill -9 at any moment costs the epoch that was going on, and not a bit of the result."""

import multiprocessing
import os
import random
import time

import pytest

from tests.train.runs import STEPS, newest_content, steps_in, train_in_child

EPOCHS = 80
KILLS = 11  # at random moments, in each of two modes
HITS = 6  # during a save, in each of two modes


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Start `train_in_child` in a process: forked from one that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jaxdl.train.manager", "tests.train.runs"])
    cache = tmp_path_factory.mktemp("xla")

    def start(directory, scan):
        directory.mkdir(exist_ok=True)
        child = context.Process(
            target=train_in_child,
            args=(directory, cache),
            kwargs={"epochs": EPOCHS, "scan": scan},
        )
        child.start()
        return child

    return start


@pytest.fixture(scope="module")
def uninterrupted(start, tmp_path_factory):
    """What the newest checkpoint says of runs that nothing disturbed: everything, in its bytes."""

    def content(scan):
        directory = tmp_path_factory.mktemp("uninterrupted")
        finish(start(directory, scan))
        return newest_content(directory)

    return {scan: content(scan) for scan in (False, True)}


def finish(child):
    child.join(60)
    assert child.exitcode == 0


def kill(child):
    """kill -9, which the child must not have forestalled by finishing."""
    child.kill()
    child.join()
    assert child.exitcode == -9


def wait_until(child, happened):
    """Ask without a pause, so as not to miss a save; the child must not end before."""
    while not happened():
        assert child.is_alive()


def newest_step(directory):
    return max(steps_in(directory), default=0)


def half_written(directory):
    return [name for name in os.listdir(directory) if ".orbax-checkpoint-tmp" in name]


@pytest.mark.parametrize("scan", [False, True])
def test_killed_at_random_moments(start, uninterrupted, tmp_path, scan):
    chance = random.Random(scan)
    for _ in range(KILLS):
        child = start(tmp_path, scan)
        if further := STEPS * chance.randrange(4):
            goal = newest_step(tmp_path) + further
            wait_until(child, lambda goal=goal: newest_step(tmp_path) >= goal)
        time.sleep(chance.uniform(0, 0.02 if further else 0.25))  # 0.25: while it starts
        kill(child)
    finish(start(tmp_path, scan))
    assert newest_content(tmp_path) == uninterrupted[scan]


@pytest.mark.parametrize("scan", [False, True])
def test_killed_during_a_save(start, uninterrupted, tmp_path, scan):
    hits = 0
    while hits < HITS:
        child = start(tmp_path, scan)
        goal = newest_step(tmp_path) + STEPS
        wait_until(child, lambda goal=goal: newest_step(tmp_path) >= goal)  # what was left is gone
        wait_until(child, lambda: half_written(tmp_path))
        kill(child)
        hits += bool(half_written(tmp_path))
    finish(start(tmp_path, scan))
    assert newest_content(tmp_path) == uninterrupted[scan]
    assert not half_written(tmp_path)
