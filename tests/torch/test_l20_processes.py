"""Lesson 20's twins in several processes: DDP and FSDP have the numbers of `jax.jit`."""

import jax
import numpy as np
import pytest

from lessons.l20_many_devices import TINY
from lessons.l20_many_devices.processes import functional as tasks
from lessons.l20_many_devices.processes.launch import launch
from tests.soak import whole_or


@pytest.mark.parametrize("wrapping", whole_or(["fsdp"], ["ddp", "fsdp"]))
def test_ddp_and_fsdp_have_the_same_numbers(wrapping):
    steps, count = whole_or(20, 100), whole_or(2, 4)
    theirs = launch(
        "learn", count, framework="imperative", wrapping=wrapping, steps=steps, config=TINY
    )
    strategy = "data" if wrapping == "ddp" else "fsdp"
    with jax.enable_x64(True):
        ours = tasks.learn([strategy], steps, TINY)[strategy]
    for process in theirs:
        np.testing.assert_allclose(process["losses"], ours["losses"], rtol=1e-10)
    numbers = sum(
        leaf.size for leaf in jax.tree.leaves(tasks.start_of(tasks.Config(**TINY)).params)
    )
    assert theirs[0]["held"] == numbers * 8 // (count if wrapping == "fsdp" else 1)
