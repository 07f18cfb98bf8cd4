"""kill -9 at any moment costs the epoch that was going on, and not a bit of the result."""

import multiprocessing
import os
import random
import time

import pytest

from tests.soak import whole_or
from tests.train.runs import STEPS, newest_content, steps_in, train_in_child

EPOCHS = whole_or(20, 80)
KILLS = whole_or(3, 11)  # at random moments, in each of two modes
HITS = whole_or(2, 6)  # during a save, in each of two modes


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Start `train_in_child` in a process: forked from one that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jaxdl.train.manager", "tests.train.runs"])
    cache = tmp_path_factory.mktemp("xla")

    def start(directory, scan, write=0):
        directory.mkdir(exist_ok=True)
        events = context.Event(), context.Event()
        child = context.Process(
            target=train_in_child,
            args=(directory, cache),
            kwargs={"epochs": EPOCHS, "scan": scan, "write": write, "events": events},
        )
        child.may_end, child.in_a_save = events
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
    child.may_end.set()
    child.join()
    assert child.exitcode == 0


def kill(child):
    """kill -9, which the child cannot have forestalled: it waits before its last epoch's end."""
    child.kill()
    child.join()
    assert child.exitcode == -9


def wait_until(child, happened):
    while not happened():
        assert child.is_alive()
        time.sleep(0.001)


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
            goal = min(newest_step(tmp_path) + further, STEPS * (EPOCHS - 1))
            wait_until(child, lambda goal=goal: newest_step(tmp_path) >= goal)
        time.sleep(chance.uniform(0, 0.02 if further else 0.25))  # 0.25: while it starts
        kill(child)
    finish(start(tmp_path, scan))
    assert newest_content(tmp_path) == uninterrupted[scan]


@pytest.mark.parametrize("scan", [False, True])
def test_killed_during_a_save(start, uninterrupted, tmp_path, scan):
    """Of its first, second or third save, with one file written or both."""
    chance = random.Random(scan)
    for hit in range(HITS):
        child = start(tmp_path, scan, write=2 * chance.randrange(3) + 1 + hit % 2)
        wait_until(child, child.in_a_save.is_set)
        assert half_written(tmp_path)
        kill(child)
        assert half_written(tmp_path)
    finish(start(tmp_path, scan))
    assert newest_content(tmp_path) == uninterrupted[scan]
    assert not half_written(tmp_path)
