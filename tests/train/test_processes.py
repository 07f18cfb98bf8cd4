"""Several processes, and who of them is to blame; what they do here is no more than to say so."""

import time

import pytest

from jaxdl.train import ProcessFailed
from jaxdl.train.processes import MARK, RESULT, run

PREAMBLE = f"""
import json, os, signal, sys, time
me, count = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
say = lambda **facts: print({MARK!r} + json.dumps(facts), flush=True)
give = lambda value: print({RESULT!r} + json.dumps(value), flush=True)
def wait():  # as in a collective that not all come to
    time.sleep(60)
"""
AFTER = "\nelse:\n    say(step=2, rows=4)\n    wait()\n"
FAULTS = {
    "left out": ("    say(step=3, rows=4)", "has step 3, the others 2"),
    "other order": ("    say(step='score', rows=4)", "has step score, the others 2"),
    "unequal batch": ("    say(step=2, rows=3)", "has rows 3, the others 4"),
    "dead": ("    os.kill(os.getpid(), signal.SIGKILL)", "is dead: SIGKILL"),
    "error": ("    raise ValueError('no such file')", "code 1: ValueError: no such file"),
    "early": ("    sys.exit(0)", "is over, the others are at {'step': 2"),
    "silent": ("    wait()", "does not come, the others are at {'step': 2"),
}


def started(body, processes=3, **how):
    return run(["-c", PREAMBLE + body], processes, timeout=120, **how)


def test_all_give_their_results_in_order():
    assert started("say(step=1)\ngive([me, count])") == [[0, 3], [1, 3], [2, 3]]


@pytest.mark.parametrize("culprit", [0, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_culprit_is_named_and_nobody_waits(fault, culprit):
    does, message = FAULTS[fault]
    body = f"say(step=1, rows=4)\nif me == {culprit}:\n{does}{AFTER}"
    begun = time.monotonic()
    with pytest.raises(ProcessFailed) as found:
        started(body, patience=0.5)
    assert found.value.process == culprit
    assert message in str(found.value)
    assert time.monotonic() - begun < 30  # and not the minute that they would have waited


def test_the_first_one_that_dies_is_to_blame_and_not_those_that_break_off_for_it():
    body = """
say(step=1)
if me == 1:
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(0.2)
raise RuntimeError("connection closed by peer")
"""
    with pytest.raises(ProcessFailed, match="process 1 is dead"):
        started(body)


def test_of_two_the_first_is_taken_for_right():
    with pytest.raises(ProcessFailed, match="process 1 has seed 1, the others 0"):
        started("say(seed=me)\nwait()", processes=2)


def test_before_the_second_word_nobody_is_impatient():
    assert started("say(step=1) if me else time.sleep(1.5)\ngive(me)", patience=0.2) == [0, 1, 2]


def test_where_nobody_is_to_blame_the_time_is():
    with pytest.raises(TimeoutError, match="the 2 processes are not done"):
        run(["-c", PREAMBLE + "say(step=1)\nwait()"], 2, timeout=1)
