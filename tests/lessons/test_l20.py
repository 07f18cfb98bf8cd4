"""Lesson 20: one device's numbers, however they are shared; what travels; who is to blame."""

import time
from dataclasses import replace

import jax
import numpy as np
import pytest

from jaxdl.errors import InputError
from jaxdl.train import ProcessFailed
from lessons.l20_many_devices import STRATEGIES, TINY, Config, functional, net, strategies
from lessons.l20_many_devices.processes import functional as tasks
from lessons.l20_many_devices.processes.launch import launch
from tests.soak import whole_or

EIGHT = {"layers": 2, "heads": 8, "width": 16, "context": 16, "batch_size": 16}
DEEPER = {"layers": 8}  # for a pipeline of eight
STEPS = whole_or(20, 100)
LAYOUTS = [(2, 1), (1, 8), (2, 4), (4, 2), (8, 1)]


def bytes_of(counted):
    total = {}
    for each in counted:
        kind = each["kind"]
        total[kind] = total.get(kind, 0) + each["bytes"] * each["times"]
    return total


@pytest.fixture(scope="module")
def alone():
    """Losses of one device in float64, by the plain step."""
    losses = {}

    def of(fields, steps):
        key = (*fields.items(), steps)
        if key not in losses:
            config = Config(**fields)
            data, order = functional.examples(config), None
            with jax.enable_x64(True):
                state = tasks.start_of(config)
                optimizer, _ = functional.make_step(config.compiled)
                params = net.unstacked(jax.device_get(state.params))
                state = functional.TrainState.create(params, optimizer)
                step = jax.jit(functional.make_step(config.compiled)[1])
                order, found = tasks.order_of(len(data[0]), config, steps), []
                for picked in order:
                    state, value = step(state, tuple(column[picked] for column in data))
                    found.append(float(value))
            losses[key] = np.array(found)
        return losses[key]

    return of


def assert_same(found, losses):
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-12)
    assert losses[-1] < losses[0]
    assert found["held"] == found["held_predicted"]
    assert bytes_of(found["counted"]) == found["predicted"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_two_devices_compute_what_one_does_and_send_what_was_predicted(strategy, alone):
    with jax.enable_x64(True):
        found = tasks.learn([strategy], STEPS, TINY)[strategy]
    assert len(jax.devices()) == 2
    assert_same(found, alone(TINY, STEPS))


@pytest.mark.parametrize(("processes", "devices"), whole_or(LAYOUTS[:1], LAYOUTS))
def test_processes_compute_what_one_device_does(processes, devices, alone, tmp_path):
    """Each example of an epoch is read once; and what they save, another number goes on with."""
    of, names = (TINY, ["fsdp"]) if processes * devices == 2 else (EIGHT, STRATEGIES)
    given = {"config": of, "pipeline": DEEPER, "save": str(tmp_path)}
    found = launch("learn", processes, devices, strategies=list(names), steps=STEPS, **given)
    for name in names:
        for own in found:
            assert_same(own[name], alone(of | (DEEPER if name == "pipeline" else {}), STEPS))
        if name in ("data", "fsdp", "by-hand"):
            rows = np.concatenate([own[name]["rows"] for own in found])
            order = tasks.order_of(len(functional.examples(Config(**of))[0]), Config(**of), STEPS)
            np.testing.assert_array_equal(np.sort(rows), np.sort(order.ravel()))
            assert {len(own[name]["rows"]) for own in found} == {order.size // processes}
    assert len(list((tmp_path / "fsdp").iterdir())) == processes
    given = {"strategies": ["fsdp"], "config": of, "load": str(tmp_path)}
    given |= {"steps": STEPS + 5, "first": STEPS}
    if processes == 4:
        [found, *_] = launch("learn", 2, 2, **given)
    else:  # here, one process with two devices
        with jax.enable_x64(True):
            found = tasks.learn(**given)
    np.testing.assert_allclose(found["fsdp"]["losses"], alone(of, STEPS + 5)[STEPS:], rtol=1e-12)


SAYS = {
    "left out": "has program step, the others score; has step 4, the others 3",
    "other order": "has program score, the others step",
    "unequal batch": "has rows",
    "dead": "is dead: SIGKILL",
    "unequal seeds": "has params",
    "silent": "does not come, the others are at {'program': 'step', 'step': 3",
}


@pytest.mark.parametrize("fault", whole_or(["left out"], list(tasks.FAULTS)))
def test_the_culprit_is_named(fault, tmp_path):
    mark = tmp_path / "mark"
    with pytest.raises(ProcessFailed) as found:
        launch(
            "faulty",
            whole_or(2, 4),
            fault=fault,
            culprit=1,
            mark=str(mark),
            config=TINY,
            patience=5,
        )
    assert found.value.process == 1
    assert SAYS[fault] in str(found.value)
    assert time.time() - float(mark.read_text()) < 60  # a busy machine; the benchmark says how long


def test_what_cannot_be_shared_out_is_refused():
    config = Config(**TINY)
    for strategy, field in (("fsdp", "batch_size 8"), ("tensor", "heads 2"), ("pipeline", "layer")):
        with pytest.raises(InputError, match=f"{strategy}: 3 devices must divide {field}"):
            strategies.check(replace(config, strategy=strategy), 3)
    with pytest.raises(InputError, match="parts 3 must divide batch_size 16"):
        Config(parts=3)


def test_stacked_and_back():
    params = functional.init(jax.random.key(0), Config(**TINY).compiled)
    again = net.unstacked(net.stacked(params))
    jax.tree.map(np.testing.assert_array_equal, again, params)
    assert net.stacked(params)["blocks"]["up"]["kernel"].shape == (2, 16, 64)
